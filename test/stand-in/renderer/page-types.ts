/**
 * The little of the DOM that the injected scripts touch. The Node side of the repository is type-checked
 * without the DOM library, and pulling it in here would let main-process code use `window` unnoticed.
 */
export interface PageWindow {
  readonly top: unknown;
  readonly isSecureContext: boolean;
  readonly location: { readonly href: string };
  addEventListener(name: string, listener: (event: Event) => void, options?: boolean): void;
  dispatchEvent(event: Event): boolean;
}

export interface PageKeyEvent extends Event {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly isTrusted: boolean;
}

export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly meta: boolean;
}

/** Page to Node, over the CDP binding that exists in the isolated world only. */
export type PageFrame =
  | ['invoke', id: number, channel: string, args: string]
  | ['send', channel: string, args: string]
  | ['permission', id: number, permission: string]
  | ['key', press: KeyPress]
  | ['window-open', url: string, name: string, features: string]
  | ['preload-error', message: string, stack: string];

/** Node to page. */
export type NodeFrame =
  | ['reply', id: number, ok: boolean, value: string]
  | ['message', channel: string, args: string]
  | ['verdict', id: number, granted: boolean];

export interface IsolatedWorldConfig {
  /** Name of the CDP binding, removed from the global before the preload runs. */
  readonly binding: string;
  /** Global under which Node finds the function that takes its frames. */
  readonly deliver: string;
  readonly preloadPath: string;
  readonly platform: string;
  readonly arch: string;
  readonly versions: Record<string, string>;
}

export type PreloadFunction = (
  require: (name: string) => unknown,
  process: object,
  exports: object,
  module: { exports: object },
  Buffer: undefined,
  global: typeof globalThis,
  setImmediate: (callback: () => void) => unknown,
  clearImmediate: (handle: never) => void,
) => void;

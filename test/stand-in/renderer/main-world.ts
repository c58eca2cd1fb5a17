import type { BridgeEnd } from './bridge.ts';
import type { PageWindow } from './page-types.ts';

type Ask = (permission: string) => Promise<boolean>;
type ReportWindow = (url: string, name: string, features: string) => void;
type Method = (...args: unknown[]) => unknown;

/**
 * The page's side: puts the exposed API on `window`, frozen, and makes the browser's permission prompts ask
 * main first. Self-contained: injected through its source before any script of the page.
 */
export function installMainWorld(page: PageWindow, bridge: BridgeEnd): void {
  let ask: Ask = () => Promise.resolve(false);
  let reportWindow: ReportWindow = () => undefined;

  function deepFreeze(value: unknown): void {
    if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
    if (ArrayBuffer.isView(value)) return; // Views over memory cannot be frozen.
    Object.freeze(value);
    for (const item of Object.values(value)) deepFreeze(item);
  }

  function expose({ key, api }: { key: string; api: unknown }): void {
    if (Object.hasOwn(page, key)) {
      throw new Error('Cannot bind an API on top of an existing property on the window object');
    }
    deepFreeze(api);
    Object.defineProperty(page, key, { value: api, enumerable: true, writable: false, configurable: false });
  }

  bridge.onOffer((key, value) => {
    if (key === 'expose') expose(value as { key: string; api: unknown });
    if (key === 'permission') ask = value as Ask;
    if (key === 'window-open') reportWindow = value as ReportWindow;
  });

  // Chromium would open the window and hand out a handle to it; denied in Electron, the call gives null.
  Object.defineProperty(page, 'open', {
    configurable: true,
    writable: true,
    value: function open(url: unknown = '', name: unknown = '', features: unknown = ''): null {
      reportWindow(new URL(String(url), page.location.href).href, String(name), String(features));
      return null;
    },
  });

  /** Puts `before` in front of a method of a prototype, when this Chromium has it. */
  function guard(owner: object | undefined, name: string, before: (call: () => unknown) => unknown): void {
    const original = owner && (Reflect.get(owner, name) as Method | undefined);
    if (typeof original !== 'function') return;
    Object.defineProperty(owner, name, {
      configurable: true,
      writable: true,
      value: function guarded(this: unknown, ...args: unknown[]): unknown {
        return before(() => Reflect.apply(original, this, args));
      },
    });
  }

  const prototypeOf = (name: string): object | undefined =>
    (Reflect.get(page, name) as { prototype?: object } | undefined)?.prototype;

  /** Main has set the browser's own setting by the time it has answered; the call meets that. */
  const afterAsking =
    (permission: string) =>
    async (call: () => unknown): Promise<unknown> => {
      await ask(permission);
      return call();
    };
  /** For calls that would first complain of a missing device. */
  const onlyWhenGranted =
    (permission: string) =>
    async (call: () => unknown): Promise<unknown> => {
      if (!(await ask(permission))) throw new DOMException('Permission denied', 'NotAllowedError');
      return call();
    };
  const askingAside =
    (permission: string) =>
    (call: () => unknown): unknown => {
      void ask(permission).then(call);
      return undefined;
    };

  const notification = Reflect.get(page, 'Notification') as object | undefined;
  guard(notification, 'requestPermission', afterAsking('notifications'));
  guard(prototypeOf('Geolocation'), 'getCurrentPosition', askingAside('geolocation'));
  guard(prototypeOf('Geolocation'), 'watchPosition', askingAside('geolocation'));
  guard(prototypeOf('MediaDevices'), 'getUserMedia', onlyWhenGranted('media'));
  guard(prototypeOf('MediaDevices'), 'getDisplayMedia', onlyWhenGranted('display-capture'));
  guard(prototypeOf('Clipboard'), 'read', afterAsking('clipboard-read'));
  guard(prototypeOf('Clipboard'), 'readText', afterAsking('clipboard-read'));
  guard(prototypeOf('Clipboard'), 'write', afterAsking('clipboard-sanitized-write'));
  guard(prototypeOf('Clipboard'), 'writeText', afterAsking('clipboard-sanitized-write'));
  guard(prototypeOf('Navigator'), 'requestMIDIAccess', afterAsking('midi'));
  guard(prototypeOf('StorageManager'), 'persist', afterAsking('persistent-storage'));
}

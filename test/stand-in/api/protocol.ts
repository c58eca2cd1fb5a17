import type { CustomScheme, Protocol } from 'electron';
import { lifecycle } from '../lifecycle.ts';

type Handler = Parameters<Protocol['handle']>[1];

const builtIn = new Set(['http', 'https', 'ws', 'wss', 'file', 'data', 'blob', 'about', 'javascript']);

/** Custom schemes: declared before ready, handled after, as the browser process needs it. */
export class StandInProtocol implements Pick<
  Protocol,
  'handle' | 'unhandle' | 'isProtocolHandled' | 'registerSchemesAsPrivileged'
> {
  readonly #privileged = new Map<string, CustomScheme>();
  readonly #handlers = new Map<string, Handler>();

  /** Schemes that behave like https: standard addresses with a host, a real origin, a secure context. */
  get webSchemes(): ReadonlySet<string> {
    const schemes = [...this.#privileged.values()];
    return new Set(
      schemes
        .filter(({ privileges }) => privileges?.standard === true && privileges.secure === true)
        .map(({ scheme }) => scheme),
    );
  }

  /** Whether pages may use `fetch()` on the scheme's addresses. */
  supportsFetch(scheme: string): boolean {
    return this.#privileged.get(scheme)?.privileges?.supportFetchAPI === true;
  }

  registerSchemesAsPrivileged(customSchemes: CustomScheme[]): void {
    lifecycle.requireNotReady('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const custom of customSchemes) this.#privileged.set(custom.scheme, custom);
  }

  handle(scheme: string, handler: Handler): void {
    lifecycle.requireReady('protocol.handle can only be called after app is ready');
    if (this.#handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    if (!builtIn.has(scheme) && !this.webSchemes.has(scheme)) {
      throw new Error(`The stand-in serves only schemes registered as standard and secure, not ${scheme}:`);
    }
    this.#handlers.set(scheme, handler);
  }

  unhandle(scheme: string): void {
    if (!this.#handlers.delete(scheme)) throw new Error(`Failed to unhandle protocol: ${scheme}`);
  }

  isProtocolHandled(scheme: string): boolean {
    return this.#handlers.has(scheme);
  }

  handlerFor(scheme: string): Handler | undefined {
    return this.#handlers.get(scheme);
  }
}

export const protocol = new StandInProtocol();

import type { CallEntry, Domain } from '../../src-preload/contract/define.ts';
import type { Handlers } from '../../src-preload/contract/index.ts';
import type { Result } from '../../src-preload/contract/result.ts';
import { HoldfastError } from '../errors.ts';
import { failureOf, type FailureLog } from './failure.ts';
import { wipeBytes } from './input-guard.ts';
import { parseInput } from './parse-input.ts';
import type { KnownWindows, SenderEvent, WindowGrant } from './sender.ts';

/** What a handler learns about its caller. */
export interface CallContext {
  readonly windowId: number;
}

/** The state of the vault, as far as the border has to know it. */
export interface Gate {
  isUnlocked(): boolean;
}

/** The part of Electron's ipcMain that calls use. */
export interface IpcCalls {
  handle(channel: string, listener: (event: SenderEvent, input: unknown) => Promise<unknown>): void;
  removeHandler(channel: string): void;
}

export interface RouterParts {
  readonly ipc: IpcCalls;
  readonly windows: KnownWindows;
  readonly gate: Gate;
  readonly log: FailureLog;
  readonly contract: Readonly<Record<string, Domain>>;
  /** Complete by type: a call of the contract without a handler does not compile. */
  readonly handlers: Handlers<CallContext>;
}

type Handler = (input: unknown, context: CallContext) => unknown;

/** Calls a window may have open at once. People reach a dozen; a page gone wild reaches this. */
export const MAX_IN_FLIGHT = 256;

/**
 * Registers every call of the contract. Each message passes, in this order: sender, capability, lock,
 * limits, schema, handler; whatever happens becomes a `Result`, so that no exception crosses the border.
 */
export class Router {
  readonly #parts: RouterParts;
  readonly #channels: string[] = [];
  readonly #inFlight = new Map<number, number>();

  constructor(parts: RouterParts) {
    this.#parts = parts;
    for (const [domainName, domain] of Object.entries(parts.contract)) {
      for (const [callName, entry] of Object.entries(domain.calls)) {
        this.#register(`${domainName}.${callName}`, entry, this.#handlerOf(domainName, callName));
      }
    }
  }

  /** Unregisters every channel. Calls under way still answer. */
  dispose(): void {
    for (const channel of this.#channels.splice(0)) this.#parts.ipc.removeHandler(channel);
  }

  #handlerOf(domainName: string, callName: string): Handler {
    const domains = this.#parts.handlers as unknown as Record<string, Record<string, Handler>>;
    const domain = domains[domainName];
    const handler = domain?.[callName];
    if (domain === undefined || handler === undefined)
      throw new Error(`no handler for ${domainName}.${callName}`);
    return handler.bind(domain);
  }

  #register(name: string, entry: CallEntry, handler: Handler): void {
    const channel = `call:${name}`;
    this.#parts.ipc.handle(channel, async (event, input): Promise<Result<unknown>> => {
      try {
        return { ok: true, value: await this.#answer(name, entry, handler, event, input) };
      } catch (error) {
        return { ok: false, error: failureOf(error, name, this.#parts.log) };
      } finally {
        wipeBytes(input);
      }
    });
    this.#channels.push(channel);
  }

  async #answer(
    name: string,
    entry: CallEntry,
    handler: Handler,
    event: SenderEvent,
    input: unknown,
  ): Promise<unknown> {
    const grant = this.#parts.windows.check(event);
    requireCapability(grant, entry, name);
    this.#requireUnlocked(entry);
    const parsed = parseInput(entry.input, input);
    this.#enter(grant.windowId);
    try {
      const value = await handler(parsed, { windowId: grant.windowId });
      // A vault locked meanwhile takes its data with it; the outcome of an order is still owed to its sender.
      if (entry.capability === 'read') this.#requireUnlocked(entry);
      return value;
    } finally {
      this.#leave(grant.windowId);
    }
  }

  #requireUnlocked(entry: CallEntry): void {
    if (entry.unlocked && !this.#parts.gate.isUnlocked()) throw lockedError();
  }

  #enter(windowId: number): void {
    const count = this.#inFlight.get(windowId) ?? 0;
    if (count >= MAX_IN_FLIGHT) {
      throw new HoldfastError(
        'throttled',
        'ipc.tooManyCalls',
        'Too many requests at once; try again in a moment.',
      );
    }
    this.#inFlight.set(windowId, count + 1);
  }

  #leave(windowId: number): void {
    const count = (this.#inFlight.get(windowId) ?? 1) - 1;
    if (count > 0) this.#inFlight.set(windowId, count);
    else this.#inFlight.delete(windowId);
  }
}

/** The answer of everything that needs the vault while it is closed. */
export function lockedError(): HoldfastError {
  return new HoldfastError('locked', 'vault.locked', 'Holdfast is locked.', { action: 'unlock' });
}

/** Throws `notAllowed` (`ipc.capability`) when this window was not granted what the entry asks for. */
export function requireCapability(
  grant: WindowGrant,
  entry: Pick<CallEntry, 'capability'>,
  name: string,
): void {
  if (grant.capabilities.has(entry.capability)) return;
  throw new HoldfastError('notAllowed', 'ipc.capability', `This window may not use ${name}.`);
}

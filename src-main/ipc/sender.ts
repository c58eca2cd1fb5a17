import type { Capability } from '../../src-preload/contract/define.ts';
import { HoldfastError } from '../errors.ts';

/** The frame that sent a message, as Electron describes it. */
export interface FrameLike {
  readonly url: string;
  readonly origin: string;
  readonly parent: unknown;
}

/** The part of an ipcMain event that tells who sent it. */
export interface SenderEvent {
  readonly sender: { readonly id: number };
  readonly senderFrame: FrameLike | null;
}

export interface WindowGrant {
  readonly windowId: number;
  readonly capabilities: ReadonlySet<Capability>;
}

/**
 * Knows which windows may talk to main, and what each may ask for. A message counts only when it comes from
 * the main frame of such a window and that frame shows our own origin: a sub-frame, a foreign page that
 * somehow got into the window, or a window nobody registered gets nothing.
 */
export class KnownWindows {
  readonly #origin: string;
  readonly #grants = new Map<number, WindowGrant>();

  /** @param origin exact origin of our pages, for example `app://holdfast` */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Admits a window by the id of its webContents; the returned function withdraws it. */
  add(windowId: number, capabilities: readonly Capability[]): () => void {
    this.#grants.set(windowId, { windowId, capabilities: new Set(capabilities) });
    return () => void this.#grants.delete(windowId);
  }

  /** The grant of the sender; throws `notAllowed` (`ipc.sender`) for any other sender. */
  check(event: SenderEvent): WindowGrant {
    const grant = this.#grants.get(event.sender.id);
    const frame = event.senderFrame;
    const ours =
      frame !== null &&
      frame.parent === null &&
      frame.origin === this.#origin &&
      frame.url.startsWith(`${this.#origin}/`);
    if (grant === undefined || !ours) {
      throw new HoldfastError('notAllowed', 'ipc.sender', 'This page may not talk to Holdfast.');
    }
    return grant;
  }
}

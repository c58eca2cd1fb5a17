import { EventEmitter } from 'node:events';
import type { StandInWebContents } from './web-contents.ts';
import type { StandInWebFrameMain } from './web-frame-main.ts';

export interface IpcEvent {
  readonly type: 'frame';
  readonly processId: number;
  readonly frameId: number;
  readonly sender: StandInWebContents;
  readonly senderFrame: StandInWebFrameMain | null;
}

type InvokeHandler = (event: IpcEvent, ...args: unknown[]) => unknown;

/** `ipcMain`: one handler per invoke channel, any number of listeners per message. */
export class StandInIpcMain extends EventEmitter {
  readonly #handlers = new Map<string, InvokeHandler>();

  handle(channel: string, handler: InvokeHandler): void {
    if (this.#handlers.has(channel)) {
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    }
    if (typeof handler !== 'function') throw new TypeError(`Expected handler to be a function`);
    this.#handlers.set(channel, handler);
  }

  handleOnce(channel: string, handler: InvokeHandler): void {
    this.handle(channel, (event, ...args) => {
      this.removeHandler(channel);
      return handler(event, ...args);
    });
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  /** Runs the handler of an invoke. Rejects with the text that Electron puts into the page's error. */
  async answer(event: IpcEvent, channel: string, args: unknown[]): Promise<unknown> {
    const handler = this.#handlers.get(channel);
    try {
      if (!handler) throw new Error(`No handler registered for '${channel}'`);
      return await handler(event, ...args);
    } catch (error) {
      if (handler) console.error(`Error occurred in handler for '${channel}':`, error);
      throw new InvokeError(channel, error);
    }
  }
}

/** Only the text of an error crosses to the page, never its class or fields. */
export class InvokeError extends Error {
  override readonly name = 'InvokeError';

  constructor(channel: string, cause: unknown) {
    super(`Error invoking remote method '${channel}': ${String(cause)}`, { cause });
  }
}

export const ipcMain = new StandInIpcMain();

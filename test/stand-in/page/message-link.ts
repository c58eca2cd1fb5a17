import { ipcMain, InvokeError, type IpcEvent } from '../api/ipc-main.ts';
import type { StandInWebContents } from '../api/web-contents.ts';
import type { StandInWebFrameMain } from '../api/web-frame-main.ts';
import type { CdpSession } from '../chromium/cdp.ts';
import { createCodec } from '../renderer/codec.ts';
import type { KeyPress, NodeFrame, PageFrame } from '../renderer/page-types.ts';
import type { FrameTree } from './frame-tree.ts';

const codec = createCodec();

/** Structured clone with Electron's message; what only Node can hold is refused by the codec. */
export function serializeArguments(args: unknown): string {
  let copy: unknown;
  try {
    copy = structuredClone(args);
  } catch {
    throw new Error('An object could not be cloned.');
  }
  return codec.encode(copy);
}

export interface LinkHandlers {
  key(press: KeyPress): void;
  windowOpen(url: string, name: string, features: string): void;
  preloadError(error: Error): void;
  permission(permission: string, frame: StandInWebFrameMain): Promise<boolean>;
}

/** Carries messages between main and the preload world of one page, in both directions, in order. */
export class MessageLink {
  readonly #session: CdpSession;
  readonly #frames: FrameTree;
  readonly #webContents: StandInWebContents;
  readonly #deliver: string;
  readonly #handlers: LinkHandlers;

  constructor(
    session: CdpSession,
    frames: FrameTree,
    webContents: StandInWebContents,
    names: { readonly binding: string; readonly deliver: string },
    handlers: LinkHandlers,
  ) {
    this.#session = session;
    this.#frames = frames;
    this.#webContents = webContents;
    this.#handlers = handlers;
    this.#deliver = `function (text) { globalThis[${JSON.stringify(names.deliver)}](text); }`;
    session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      const frame = this.#frames.frameOf(executionContextId);
      if (name === names.binding && frame) this.#take(payload, frame, executionContextId);
    });
  }

  /** A message to the main frame's preload; lost when there is no document yet, as in Electron. */
  send(channel: string, payload: string): void {
    const context = this.#frames.mainContext;
    if (context !== undefined) this.#post(context, ['message', channel, payload]);
  }

  #post(contextId: number, frame: NodeFrame): void {
    this.#session
      .send('Runtime.callFunctionOn', {
        executionContextId: contextId,
        functionDeclaration: this.#deliver,
        arguments: [{ value: JSON.stringify(frame) }],
        silent: true,
      })
      // The document went away while the message was under way.
      .catch(() => undefined);
  }

  #take(payload: string, frame: StandInWebFrameMain, contextId: number): void {
    const message = JSON.parse(payload) as PageFrame;
    switch (message[0]) {
      case 'send': {
        const event = this.#event(frame);
        const reply = (channel: string, ...args: unknown[]): void =>
          this.#post(contextId, ['message', channel, serializeArguments(args)]);
        ipcMain.emit(message[1], Object.assign(event, { ports: [], reply }), ...decodeList(message[2]));
        return;
      }
      case 'invoke':
        void this.#invoke(message, frame, contextId);
        return;
      case 'permission':
        void this.#handlers.permission(message[2], frame).then((granted) => {
          this.#post(contextId, ['verdict', message[1], granted]);
        });
        return;
      case 'window-open':
        return this.#handlers.windowOpen(message[1], message[2], message[3]);
      case 'key':
        return this.#handlers.key(message[1]);
      case 'preload-error': {
        const error = new Error(message[1]);
        error.stack = message[2];
        this.#handlers.preloadError(error);
      }
    }
  }

  async #invoke(
    [, id, channel, args]: Extract<PageFrame, ['invoke', ...unknown[]]>,
    frame: StandInWebFrameMain,
    contextId: number,
  ): Promise<void> {
    try {
      const value = await ipcMain.answer(this.#event(frame), channel, decodeList(args));
      this.#post(contextId, ['reply', id, true, serializeResult(channel, value)]);
    } catch (error) {
      this.#post(contextId, ['reply', id, false, codec.encode((error as Error).message)]);
    }
  }

  #event(frame: StandInWebFrameMain): IpcEvent {
    return {
      type: 'frame',
      processId: frame.processId,
      frameId: frame.routingId,
      sender: this.#webContents,
      senderFrame: frame,
    };
  }
}

function decodeList(text: string): unknown[] {
  return codec.decode(text) as unknown[];
}

function serializeResult(channel: string, value: unknown): string {
  try {
    return serializeArguments(value);
  } catch (error) {
    throw new InvokeError(channel, error);
  }
}

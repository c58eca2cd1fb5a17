import type { BridgeEnd } from './bridge.ts';
import type { Codec } from './codec.ts';
import type { Emitter } from './emitter.ts';
import type {
  IsolatedWorldConfig,
  NodeFrame,
  PageFrame,
  PageKeyEvent,
  PageWindow,
  PreloadFunction,
} from './page-types.ts';

/**
 * Sets up the preload's world of one frame and runs the preload in it. Frames below the top one get the bridge
 * (their permission requests must be decided in main too) but no preload, as with `nodeIntegrationInSubFrames`
 * off. Self-contained: injected through its source.
 */
export function installIsolatedWorld(
  page: PageWindow,
  codec: Codec,
  bridge: BridgeEnd,
  EventEmitter: new () => Emitter,
  config: IsolatedWorldConfig,
  preload: PreloadFunction | null,
): void {
  const globals = globalThis as unknown as Record<string, unknown>;
  const toNode = globals[config.binding] as (text: string) => void;
  // Electron's preload sees no such function; without it the only way to main is ipcRenderer.
  delete globals[config.binding];
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const verdicts = new Map<number, (granted: boolean) => void>();
  let nextId = 1;

  const post = (frame: PageFrame): void => toNode(JSON.stringify(frame));

  /** The page's own structured clone decides what is cloneable; the codec then refuses what Node cannot hold. */
  function serialize(args: unknown[]): string {
    let copy: unknown;
    try {
      copy = structuredClone(args);
    } catch {
      throw new Error('An object could not be cloned.');
    }
    return codec.encode(copy);
  }

  function notEmulated(name: string): object {
    return new Proxy(Object.freeze({}), {
      get(_target, property) {
        if (typeof property === 'symbol') return undefined;
        throw new Error(`The stand-in does not implement ${name}.${property}`);
      },
    });
  }

  class IpcRenderer extends EventEmitter {
    invoke(channel: string, ...args: unknown[]): Promise<unknown> {
      return new Promise((resolve, reject) => {
        const payload = serialize(args);
        const id = nextId++;
        pending.set(id, { resolve, reject });
        post(['invoke', id, String(channel), payload]);
      });
    }

    send(channel: string, ...args: unknown[]): void {
      post(['send', String(channel), serialize(args)]);
    }

    sendSync(): never {
      throw new Error('The stand-in does not implement ipcRenderer.sendSync');
    }

    postMessage(): never {
      throw new Error('The stand-in does not implement ipcRenderer.postMessage');
    }
  }

  const ipcRenderer = new IpcRenderer();
  const contextBridge = {
    exposeInMainWorld(key: string, api: unknown): void {
      bridge.offer('expose', { key: String(key), api });
    },
    exposeInIsolatedWorld(): never {
      throw new Error('The stand-in does not implement contextBridge.exposeInIsolatedWorld');
    },
  };

  function takeFromNode(text: string): void {
    const frame = JSON.parse(text) as NodeFrame;
    switch (frame[0]) {
      case 'message': {
        const event = { sender: ipcRenderer, ports: [] };
        ipcRenderer.emit(frame[1], event, ...(codec.decode(frame[2]) as unknown[]));
        return;
      }
      case 'verdict':
        verdicts.get(frame[1])?.(frame[2]);
        verdicts.delete(frame[1]);
        return;
      case 'reply': {
        const call = pending.get(frame[1]);
        pending.delete(frame[1]);
        const value = codec.decode(frame[3]);
        if (frame[2]) call?.resolve(value);
        else call?.reject(new Error(String(value)));
      }
    }
  }

  Object.defineProperty(globalThis, config.deliver, { value: takeFromNode });
  bridge.offer('permission', (permission: string) => {
    const id = nextId++;
    const answer = new Promise<boolean>((resolve) => verdicts.set(id, resolve));
    post(['permission', id, String(permission)]);
    return answer;
  });

  bridge.offer('window-open', (url: string, name: string, features: string) => {
    post(['window-open', String(url), String(name), String(features)]);
  });

  page.addEventListener(
    'keydown',
    (event) => {
      const { isTrusted, key, code, ctrlKey, shiftKey, altKey, metaKey } = event as PageKeyEvent;
      if (!isTrusted) return;
      // Menu accelerators come after the page: it may cancel the key in any later listener.
      setTimeout(() => {
        if (event.defaultPrevented) return;
        post(['key', { key, code, ctrl: ctrlKey, shift: shiftKey, alt: altKey, meta: metaKey }]);
      });
    },
    true,
  );

  const setImmediate = (callback: () => void): unknown => setTimeout(callback, 0);
  const clearImmediate = (handle: never): void => clearTimeout(handle);
  const modules = new Map<string, unknown>([
    [
      'electron',
      {
        contextBridge,
        ipcRenderer,
        crashReporter: notEmulated('crashReporter'),
        nativeImage: notEmulated('nativeImage'),
        webFrame: notEmulated('webFrame'),
        webUtils: notEmulated('webUtils'),
      },
    ],
    ['events', Object.assign(EventEmitter, { EventEmitter })],
    ['timers', { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate }],
    ['url', { URL, URLSearchParams }],
  ]);
  for (const name of ['events', 'timers', 'url']) modules.set(`node:${name}`, modules.get(name));
  modules.set('electron/renderer', modules.get('electron'));
  modules.set('electron/common', modules.get('electron'));

  const require = (name: string): unknown => {
    if (modules.has(name)) return modules.get(name);
    throw new Error(`module not found: ${name}`);
  };
  const process = Object.assign(new EventEmitter(), {
    type: 'renderer',
    sandboxed: true,
    contextIsolated: true,
    platform: config.platform,
    arch: config.arch,
    versions: config.versions,
  });

  if (!preload || page.top !== (page as unknown)) return;
  try {
    const exports = {};
    preload(require, process, exports, { exports }, undefined, globalThis, setImmediate, clearImmediate);
  } catch (error) {
    console.error(`Unable to load preload script: ${config.preloadPath}`);
    console.error(error);
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    post(['preload-error', message, stack]);
  }
}

/**
 * The bridge: builds `window.holdfast` from the names of the contract, which the build bakes in. It holds no
 * logic, validates nothing (main does) and never hands ipcRenderer or one of its events to the window.
 */
import { contextBridge, ipcRenderer } from 'electron';
import type { Surface } from './contract/define.ts';

type Listener = (event: unknown) => void;

const surface: Surface = __CONTRACT__;
const listeners = new Map<string, Listener>();
let opened = 0;

ipcRenderer.on('topic:event', (_event, id: string, result: unknown) => {
  try {
    listeners.get(id)?.(result);
  } finally {
    // Tells main that this event was taken: a busy window is then sent fewer, fresher ones.
    ipcRenderer.send('topic:ack', { id });
  }
});

function subscribe(topic: string, params: unknown, listener: Listener): () => void {
  opened += 1;
  const id = `s${opened}`;
  listeners.set(id, listener);
  ipcRenderer.send('topic:open', { id, topic, params });
  return () => {
    if (listeners.delete(id)) ipcRenderer.send('topic:close', { id });
  };
}

const domains = Object.entries(surface.calls).map(([domain, names]) => [
  domain,
  Object.fromEntries(
    names.map((name) => [name, (input: unknown) => ipcRenderer.invoke(`call:${domain}.${name}`, input)]),
  ),
]);

contextBridge.exposeInMainWorld('holdfast', { ...Object.fromEntries(domains), subscribe });

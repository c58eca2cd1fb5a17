import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BusConnection, type BusOptions } from '../../../../src-main/shell/dbus/connection.ts';
import type { Message } from '../../../../src-main/shell/dbus/message.ts';
import { replyBytes, signalBytes } from './wire.ts';

const RULES = ["type='signal',member='A'", "type='signal',member='B'"];
const locked = { path: '/x', interface: 'org.gnome.ScreenSaver', member: 'ActiveChanged', argument: true };

/** A bus that follows a script: tests write what it answers after the authentication line and after BEGIN. */
interface Script {
  readonly onAuth?: (socket: Socket, line: string) => void;
  readonly onBegin?: (socket: Socket) => void;
}
const accept = (socket: Socket): void => void socket.write('OK 1234deadbeef\r\n');
const confirm = (socket: Socket): void =>
  void socket.write(Buffer.concat(RULES.map((_rule, index) => replyBytes(index + 1)).concat(replyBytes(3))));

describe('BusConnection', () => {
  let folder = '';
  let server: Server | undefined;
  const sockets = new Set<Socket>();
  const opened: BusConnection[] = [];

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-bus-'))));
  afterEach(async () => {
    for (const connection of opened.splice(0)) connection.dispose();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
    server = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  async function bus({ onAuth = accept, onBegin = confirm }: Script = {}): Promise<string> {
    const path = join(folder, 'bus');
    server = createServer((socket) => {
      sockets.add(socket);
      let text = '';
      let begun = false;
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        const end = text.indexOf('\r\n');
        if (end < 0) return;
        if (text.startsWith('\0AUTH')) {
          onAuth(socket, text.slice(0, end));
          text = text.slice(end + 2);
        }
        if (!begun && text.includes('BEGIN\r\n')) {
          begun = true;
          onBegin(socket);
        }
      });
    });
    await new Promise<void>((resolve) => server?.listen(path, resolve));
    return path;
  }

  async function open(path: string, more: Partial<BusOptions> = {}) {
    const signals: Message[] = [];
    const onEnd = vi.fn<() => void>();
    const options = { path, matchRules: RULES, onSignal: (signal: Message) => signals.push(signal), onEnd };
    const connection = await BusConnection.open({ ...options, ...more });
    opened.push(connection);
    return { connection, signals, onEnd };
  }

  it('authenticates as our user and is ready once every rule is confirmed', async () => {
    const lines: string[] = [];
    const path = await bus({
      onAuth: (socket, line) => {
        lines.push(line);
        accept(socket);
      },
    });
    await open(path, { uid: 1000 });
    expect(lines).toEqual(['\0AUTH EXTERNAL 31303030']);
  });

  it('hands over signals, also when they come in pieces or together', async () => {
    const { signals } = await open(await bus());
    const bytes = Buffer.concat([signalBytes(locked), signalBytes({ ...locked, argument: false }, false)]);
    const [socket] = sockets;
    for (const byte of bytes) socket?.write(Buffer.from([byte]));
    await vi.waitFor(() => expect(signals.map(({ argument }) => argument)).toEqual([true, false]));
    socket?.write(Buffer.concat([bytes, bytes]));
    await vi.waitFor(() => expect(signals).toHaveLength(6));
  });

  it('rejects when there is no bus', async () => {
    await expect(open(join(folder, 'none'))).rejects.toThrow('ENOENT');
  });

  it.each<[string, Script, string]>([
    [
      'refuses the authentication',
      { onAuth: (socket) => void socket.write('REJECTED EXTERNAL\r\n') },
      'refused',
    ],
    ['closes at once', { onAuth: (socket) => void socket.end() }, 'closed'],
    [
      'answers something else',
      { onBegin: (socket) => void socket.write('x'.repeat(64)) },
      'not a D-Bus message',
    ],
    ['refuses a rule', { onBegin: (socket) => void socket.write(replyBytes(2, 3)) }, 'refused a request'],
    ['sends an endless line', { onAuth: (socket) => void socket.write('OK'.repeat(50_000)) }, 'too much'],
  ])('rejects when the bus %s', async (_name, script, message) => {
    await expect(open(await bus(script))).rejects.toThrow(message);
  });

  it('rejects when the bus accepts and then says nothing', async () => {
    const path = await bus({ onAuth: () => undefined });
    await expect(open(path, { limitMs: 30 })).rejects.toThrow('did not answer');
  });

  it('tells once when the bus goes away, and not when we leave', async () => {
    const path = await bus();
    const first = await open(path);
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(() => expect(first.onEnd).toHaveBeenCalledOnce());
    const second = await open(path);
    second.connection.dispose();
    second.connection.dispose();
    await vi.waitFor(() =>
      expect([...sockets].every((socket) => socket.destroyed || socket.readableEnded)).toBe(true),
    );
    expect(second.onEnd).not.toHaveBeenCalled();
  });

  it('ends when a listening bus sends nonsense', async () => {
    const { onEnd, signals } = await open(await bus());
    for (const socket of sockets) socket.write(Buffer.alloc(64, 0x41));
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalledOnce());
    expect(signals).toEqual([]);
  });
});

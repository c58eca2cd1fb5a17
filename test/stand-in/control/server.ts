import { randomBytes, timingSafeEqual } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lifecycle } from '../lifecycle.ts';
import { browserHost } from '../chromium/browser.ts';
import { commands } from './commands.ts';

export interface ControlFile {
  readonly pid: number;
  /** Absent until the first window has opened. */
  readonly cdp: string | undefined;
  readonly control: string;
  readonly token: string;
}

interface Call {
  readonly command: string;
  readonly args: unknown[];
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function mayCall(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  // Any web page can post to 127.0.0.1; only the reader of the control file knows the token.
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function run({ command, args }: Call): Promise<unknown> {
  if (!Object.hasOwn(commands, command)) throw new Error(`No control command '${command}'`);
  const execute = commands[command as keyof typeof commands] as (...args: unknown[]) => unknown;
  return execute(...args);
}

async function answer(request: IncomingMessage, response: ServerResponse, token: string): Promise<void> {
  if (!mayCall(request, token)) {
    response.writeHead(403).end();
    return;
  }
  try {
    const value = await run(JSON.parse(await readBody(request)) as Call);
    response.end(JSON.stringify({ ok: true, value }));
  } catch (error) {
    const { message, stack } = error as Error;
    response.end(JSON.stringify({ ok: false, message, stack }));
  }
}

/** Written beside and renamed, so that a reader never sees half a file. */
function publish(path: string, content: ControlFile): void {
  writeFileSync(`${path}.new`, JSON.stringify(content), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/**
 * Opens the control channel when `HOLDFAST_STANDIN_CONTROL` names a file, and writes there how to reach it.
 * Without the variable nothing listens and the app cannot be steered from outside.
 */
export async function startControl(path = process.env['HOLDFAST_STANDIN_CONTROL']): Promise<void> {
  if (path === undefined) return;
  const token = randomBytes(24).toString('hex');
  const server = createServer((request, response) => void answer(request, response, token));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const control = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  publish(path, { pid: process.pid, cdp: undefined, control, token });
  browserHost.endpoint.then(
    (cdp) => publish(path, { pid: process.pid, cdp, control, token }),
    () => undefined,
  );
  lifecycle.onExit(async () => {
    server.closeAllConnections();
    server.close();
  });
}

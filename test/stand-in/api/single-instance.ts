import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SecondInstance {
  readonly argv: string[];
  readonly workingDirectory: string;
  readonly additionalData: unknown;
}

/** Start time of a process in clock ticks since boot: tells a living holder from a reused process id. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive(holder: string): boolean {
  const [pid = '', started = ''] = holder.split(' ');
  if (!/^\d+$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0);
  } catch {
    return false;
  }
  return started === '' || startTime(Number(pid)) === started;
}

/**
 * One running app per user-data folder. Taking the lock is synchronous in Electron, so it is a file created
 * exclusively; the second process then tells the first over a local socket.
 */
export class SingleInstance {
  readonly #file: string;
  readonly #socket: string;
  #server: Server | undefined;
  #notified: Promise<void> = Promise.resolve();

  constructor(userData: string) {
    this.#file = join(userData, 'SingletonLock');
    const key = createHash('sha256').update(userData).digest('hex').slice(0, 20);
    const folder = process.platform === 'win32' ? '\\\\.\\pipe' : tmpdir();
    this.#socket = join(folder, `holdfast-stand-in-${key}.sock`);
    mkdirSync(userData, { recursive: true });
  }

  get held(): boolean {
    return this.#server !== undefined;
  }

  /** True when this process now holds the lock; false after telling the holder about `message`. */
  acquire(message: SecondInstance, onSecond: (message: SecondInstance) => void): boolean {
    if (this.held) return true;
    if (!this.#createFile()) {
      this.#notify(message);
      return false;
    }
    this.#listen(onSecond);
    return true;
  }

  /** Resolves when the holder has been told: the second process must not end before. */
  get notified(): Promise<void> {
    return this.#notified;
  }

  release(): void {
    if (!this.#server) return;
    this.#server.close();
    this.#server = undefined;
    rmSync(this.#file, { force: true });
  }

  #createFile(): boolean {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      try {
        writeFileSync(this.#file, `${String(process.pid)} ${startTime(process.pid)}`, { flag: 'wx' });
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        if (isAlive(readFileSync(this.#file, 'utf8'))) return false;
        // Left behind by a process that was killed.
        rmSync(this.#file, { force: true });
      }
    }
    return false;
  }

  #listen(onSecond: (message: SecondInstance) => void): void {
    if (process.platform !== 'win32') rmSync(this.#socket, { force: true });
    this.#server = createServer((client) => {
      let text = '';
      client.setEncoding('utf8');
      client.on('data', (chunk: string) => (text += chunk));
      client.on('end', () => {
        client.end();
        onSecond(JSON.parse(text) as SecondInstance);
      });
      client.on('error', () => undefined);
    });
    this.#server.listen(this.#socket);
    this.#server.unref();
  }

  #notify(message: SecondInstance): void {
    this.#notified = new Promise((resolve) => {
      const client = connect(this.#socket, () => client.end(JSON.stringify(message)));
      client.resume();
      client.on('close', () => resolve());
      client.on('error', () => resolve());
    });
  }
}

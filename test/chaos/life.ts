/** One life of the program, seen from outside: a process, its calls, and what it said before it died. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Handlers } from '../../src-preload/contract/index.ts';
import type { ErrorShape, Result } from '../../src-preload/contract/result.ts';
import type { CallContext } from '../../src-main/ipc/router.ts';
import type { Command, Report, Traffic } from './wire.ts';

type Calls = Handlers<CallContext>;
type Output<D extends keyof Calls, N extends keyof Calls[D]> = Calls[D][N] extends (
  ...args: never[]
) => infer R
  ? Awaited<R>
  : never;

const PROGRAM = fileURLToPath(new URL('./program.ts', import.meta.url));

export interface LifeOptions {
  readonly folder: string;
  readonly port: number;
  /** Where Node keeps what it has compiled, for all lives. */
  readonly cache: string;
}

/** The program answered a call with an error. */
export class Refused extends Error {
  readonly error: ErrorShape;

  constructor(channel: string, error: ErrorShape) {
    super(`${channel}: ${error.code}: ${error.message}`);
    this.error = error;
  }
}

export class Life {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (result: Result<unknown> | null) => void>();
  readonly #ended: Promise<void>;
  readonly #errors: string[] = [];
  #calls = 0;
  #isOver = false;
  /** Hears every report in the moment in which it is read; set before the first command. */
  onReport: (report: Report) => void = () => undefined;

  constructor({ folder, port, cache }: LifeOptions) {
    this.#child = spawn(
      process.execPath,
      [PROGRAM, `--user-data-dir=${folder}`, `--bybit-loopback=${String(port)}`],
      { env: { ...process.env, NODE_COMPILE_CACHE: cache }, stdio: ['pipe', 'pipe', 'pipe'] },
    );
    const { stdin, stdout, stderr } = this.#child;
    if (!stdin || !stdout || !stderr) throw new Error('no pipes');
    // Written to a program that was just killed.
    stdin.on('error', () => undefined);
    stderr.setEncoding('utf8').on('data', (text: string) => void this.#errors.push(text));
    let rest = '';
    stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      // The program may die in the middle of a line; what is not whole was not said.
      rest = lines.pop() ?? '';
      for (const line of lines) this.#hear(JSON.parse(line) as Report);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', () => {
        this.#isOver = true;
        for (const answer of this.#waiting.values()) answer(null);
        this.#waiting.clear();
        resolve();
      });
    });
  }

  /** What the program wrote to its standard error. */
  get complaints(): string {
    return this.#errors.join('');
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** A call of the contract. Rejects with `Refused`; null when the program was killed before it answered. */
  async ask<D extends keyof Calls, N extends Extract<keyof Calls[D], string>>(
    domain: D,
    name: N,
    input: object = {},
  ): Promise<Output<D, N> | null> {
    const channel = `${domain}.${name}`;
    const result = await this.#ask(channel, input);
    if (result === null) return null;
    if (!result.ok) throw new Refused(channel, result.error);
    return result.value as Output<D, N>;
  }

  /** As `ask`, of a program that nobody kills meanwhile. */
  async call<D extends keyof Calls, N extends Extract<keyof Calls[D], string>>(
    domain: D,
    name: N,
    input: object = {},
  ): Promise<Output<D, N>> {
    const answer = await this.ask(domain, name, input);
    if (this.#isOver) throw new Error(`The program ended by itself.\n${this.complaints}`);
    return answer as Output<D, N>;
  }

  trade(traffic: Traffic): void {
    this.#send({ kind: 'trade', traffic });
  }

  /** Resolves when the process is gone, whoever ended it. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** SIGKILL: nothing is closed, nothing is written. Resolves when it is dead and all it said was read. */
  kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    return this.#ended;
  }

  #ask(channel: string, input: object): Promise<Result<unknown> | null> {
    if (this.#isOver) return Promise.resolve(null);
    this.#calls += 1;
    const id = this.#calls;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#send({ kind: 'call', id, channel, input });
    });
  }

  #send(command: Command): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  #hear(report: Report): void {
    this.onReport(report);
    if (report.kind !== 'answer') return;
    this.#waiting.get(report.id)?.(report.result);
    this.#waiting.delete(report.id);
  }
}

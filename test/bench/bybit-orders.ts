/**
 * From Holdfast's desk handing an order to the account until the venue's answer is parsed, beside bybit-api, ccxt and
 * the floor (undici or ws, createHmac, JSON), over REST and over the order-entry socket, on the same local server.
 *
 * The journal that is written before an order leaves is measured by a bench of its own; here is what comes after it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type ContenderName, type OrderReport, WARM } from './bybit-orders/order-client.ts';
import { type BenchResult, median } from './result.ts';

const programOf = (name: string): string =>
  fileURLToPath(new URL(`./bybit-orders/${name}.ts`, import.meta.url));
const ORDERS = 3_000;
const PATIENCE_MS = 180_000;

/** The next message; rejects when the process ends before it. */
async function heard(child: ChildProcess): Promise<unknown> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`a process of this bench ended with ${String(code)} before its answer`);
  });
  ended.catch(() => undefined);
  const [message] = (await Promise.race([once(child, 'message', { signal }), ended])) as [unknown];
  return message;
}

async function measure(transport: 'http' | 'websocket'): Promise<OrderReport> {
  const server = fork(programOf('order-server'), [], { stdio: 'inherit' });
  const children = [server];
  try {
    const origin = String(await heard(server));
    const client = fork(programOf('order-client'), [transport, origin, String(ORDERS)], { stdio: 'inherit' });
    children.push(client);
    const warm = await heard(client);
    if (warm !== WARM) throw new Error('the client did not warm up');
    // From here on nothing is checked, by anybody.
    server.send(WARM);
    client.send(WARM);
    return (await heard(client)) as OrderReport;
  } finally {
    for (const child of children) child.kill();
  }
}

function p99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Number.NaN;
}

function rows(name: string, report: OrderReport, floor: string): readonly BenchResult[] {
  const figure = (suffix: string, of: (values: readonly number[]) => number, note?: string): BenchResult => {
    const at = (who: ContenderName): number => of(report[who]);
    return {
      name: `${name}.${suffix}`,
      unit: 'us from intent to parsed answer',
      ours: at('ours'),
      peers: { 'bybit-api': at('bybit-api'), ccxt: at('ccxt') },
      floor: at('floor'),
      ...(note === undefined ? {} : { note }),
    };
  };
  const note =
    `${ORDERS} orders each, in turn; ours contains limiter, request log and the signature by the vault's worker; ` +
    `the floor is ${floor}`;
  return [figure('p50', median, note), figure('p99', p99)];
}

export async function run(): Promise<readonly BenchResult[]> {
  const rest = await measure('http');
  const socket = await measure('websocket');
  return [
    ...rows('bybit.order.rest', rest, 'undici + createHmac + JSON'),
    ...rows('bybit.order.socket', socket, 'ws + JSON, no signature needed; ccxt is ccxt.pro'),
  ];
}

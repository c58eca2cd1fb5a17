import { afterEach } from 'vitest';
import { PASSPHRASE, bytes, testApplication } from '../support/application.ts';
import type { TestApplication } from '../support/application.ts';

export const CONTEXT = { windowId: 1 };
export const ORDER = {
  accountId: 'practice',
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'limit',
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  positionSide: 'net',
} as const;

let running: TestApplication[] = [];
afterEach(async () => {
  for (const entry of running) await entry.remove();
  running = [];
});
/** An application that ends with its test, files and all. */
export function start(over: Parameters<typeof testApplication>[0] = {}): TestApplication {
  const made = testApplication(over);
  running.push(made);
  return made;
}
/** The same with a vault, unlocked. */
export async function created(): Promise<TestApplication> {
  const made = start();
  await made.handlers.vault.create({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
  return made;
}
export async function lastPrice(app: TestApplication): Promise<number> {
  const { hub } = app.application.host.live();
  return Number(await hub.reference({ venue: 'practice', symbol: 'BTC/USDT' }));
}
/** A price far below the market that still keeps to the tick. */
export const restingPrice = async (app: TestApplication) => String(Math.floor((await lastPrice(app)) * 0.9));

/**
 * One round of what a busy trader's client hears: the recorded BTCUSDT orderbook.200, its trades, and the tickers
 * of 200 symbols, in the order and proportion of the recording. A round starts with snapshots, so that rounds
 * after each other are one valid stream.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DATA = process.env['HOLDFAST_DATA'] ?? '../shared/data';
const CAPTURE = join(DATA, 'bybit/ws/v5-2026-08-09-linear-BTC-DOGE.jsonl');
const INSTRUMENTS = join(DATA, 'bybit/rest/instruments-info-linear-2026-08-09.json');

export const BOOK_TOPIC = 'orderbook.200.BTCUSDT';
export const TRADE_TOPIC = 'publicTrade.BTCUSDT';
const TICKERS = 200;

export interface InstrumentRow {
  readonly symbol: string;
  readonly contractType: string;
  readonly quoteCoin: string;
  readonly baseCoin: string;
}

/** The 200 markets, BTCUSDT first; null where the recordings are not on this machine. */
export function markets(): readonly InstrumentRow[] | null {
  if (!existsSync(CAPTURE) || !existsSync(INSTRUMENTS)) return null;
  const { result } = JSON.parse(readFileSync(INSTRUMENTS, 'utf8')) as { result: { list: InstrumentRow[] } };
  const perpetuals = result.list.filter(
    ({ contractType, quoteCoin }) => contractType === 'LinearPerpetual' && quoteCoin === 'USDT',
  );
  const bitcoin = perpetuals.filter(({ symbol }) => symbol === 'BTCUSDT');
  return [...bitcoin, ...perpetuals.filter(({ symbol }) => symbol !== 'BTCUSDT')].slice(0, TICKERS);
}

/** Half of the symbols get BTCUSDT's recorded tickers under their own name, the other half DOGEUSDT's. */
export function round(symbols: readonly string[]): readonly string[] {
  const frames: string[] = [];
  for (const line of readFileSync(CAPTURE, 'utf8').split('\n')) {
    if (!line.includes('"recv"')) continue;
    const { data } = JSON.parse(line) as { data: string };
    if (data.includes(`"${BOOK_TOPIC}"`) || data.includes(`"${TRADE_TOPIC}"`)) frames.push(data);
    const source = /^\{"topic":"tickers\.(BTC|DOGE)USDT"/.exec(data)?.[1];
    if (source === undefined) continue;
    for (let at = source === 'BTC' ? 0 : 1; at < symbols.length; at += 2) {
      frames.push(data.replaceAll(`${source}USDT"`, `${symbols[at] ?? ''}"`));
    }
  }
  // The recorder subscribed to tickers first; a round begins with every snapshot there is.
  const isSnapshot = (text: string): boolean =>
    text.includes('"type":"snapshot"') && !text.includes(TRADE_TOPIC);
  return [...frames.filter(isSnapshot), ...frames.filter((text) => !isSnapshot(text))];
}

/** The recorded snapshot of the book. */
export function bookSnapshot(frames: readonly string[]): string {
  return frames.find((text) => text.includes(BOOK_TOPIC)) ?? '';
}

/** One more change, which follows the last of a round and sets levels to the sizes that they have. */
export function lastChange(frames: readonly string[]): string {
  const last = frames.findLast((text) => text.includes(BOOK_TOPIC)) ?? '';
  return last.replace(/"u":(\d+)/, (_, u) => `"u":${Number(u) + 1}`);
}

/**
 * Names of recorded markets. A record carries no instrument list, so this is the one place where a native id is
 * read: as a label for the replay, never for anything that reaches a venue.
 */

export type RecordedCategory = 'spot' | 'linear' | 'inverse';

export interface MarketName {
  /** Unified symbol. */
  readonly symbol: string;
  readonly nativeId: string;
  readonly kind: RecordedCategory;
  readonly base: string;
  readonly quote: string;
  readonly settle?: string;
}

/** Quotes that venues use. A longer one comes before one that it ends with: BTCFDUSD is not BTCFD/USD. */
const QUOTES = [
  'FDUSD',
  'USDT',
  'USDC',
  'USDE',
  'TUSD',
  'RLUSD',
  'PYUSD',
  'USD1',
  'EURC',
  'BUSD',
  'MNT',
  'DAI',
  'BRZ',
  'USD',
  'EUR',
  'GBP',
  'BRL',
  'TRY',
  'PLN',
  'JPY',
  'UST',
  'BTC',
  'ETH',
] as const;

const ID = /^[A-Z0-9]{3,30}$/;

/** The market of a Bybit id such as BTCUSDT; null for ids of a form that a replay does not know (dated, options). */
export function marketName(nativeId: string, category: RecordedCategory): MarketName | null {
  if (!ID.test(nativeId)) return null;
  // Bybit's name for its USDC perpetuals.
  const plain = nativeId.endsWith('PERP') ? nativeId.replace(/PERP$/, 'USDC') : nativeId;
  const quote = QUOTES.find((known) => plain.endsWith(known) && plain.length > known.length);
  if (quote === undefined) return null;
  const base = plain.slice(0, -quote.length);
  const pair = `${base}/${quote}`;
  if (category === 'spot') return { symbol: pair, nativeId, kind: 'spot', base, quote };
  const settle = category === 'inverse' ? base : quote;
  return { symbol: `${pair}:${settle}`, nativeId, kind: category, base, quote, settle };
}

/** Words of a file name in capitals: "spot-BTC_USDT-1m.csv" gives SPOT, BTC, USDT, 1M, CSV. */
function words(file: string): string[] {
  const name = file.split(/[\\/]/).at(-1) ?? '';
  return name.toUpperCase().split(/[^A-Z0-9]+/);
}

/** The category that a file name tells: linear (also perp, swap, futures), inverse, spot, or null. */
export function categoryOfFile(file: string): RecordedCategory | null {
  const found = new Set(words(file));
  const has = (...names: string[]): boolean => names.some((name) => found.has(name));
  if (has('INVERSE')) return 'inverse';
  if (has('LINEAR', 'PERP', 'SWAP', 'FUTURES', 'PERPETUAL')) return 'linear';
  return has('SPOT') ? 'spot' : null;
}

const NO_MARKET = new Set([
  'SPOT',
  'LINEAR',
  'INVERSE',
  'SWAP',
  'FUTURES',
  'PERPETUAL',
  'BYBIT',
  'TRADES',
  'CANDLES',
]);

/** The market that a file name tells, as in BTCUSDT-trades.csv or BTC-USDT-1m.csv; null when it tells none. */
export function marketOfFile(file: string, category: RecordedCategory): MarketName | null {
  // "spot-BTC-..." is not the market SPOTBTC.
  const parts = words(file).filter((word) => !NO_MARKET.has(word));
  const pairs = parts.slice(1).map((part, at) => `${parts[at] ?? ''}${part}`);
  for (const candidate of [...parts, ...pairs]) {
    const name = marketName(candidate, category);
    if (name !== null) return name;
  }
  return null;
}

/** The day that a file name tells, as in 20221213 or 2022-12-13, in ms UTC; null when it tells none. */
export function dayOfFile(file: string): number | null {
  const name = file.split(/[\\/]/).at(-1) ?? '';
  const found = /(?<!\d)(20\d\d)-?([01]\d)-?([0-3]\d)(?!\d)/.exec(name);
  if (found === null) return null;
  const day = Date.parse(`${found[1]}-${found[2]}-${found[3]}T00:00:00Z`);
  return Number.isNaN(day) ? null : day;
}

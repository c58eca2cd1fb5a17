/** How many decimals a column shows, so that it aligns on the point. The exact text is in the title. */
const FIAT = new Set(['USD', 'EUR', 'GBP', 'CHF', 'JPY', 'TRY', 'BRL']);
const STABLE = new Set(['USDT', 'USDC', 'DAI', 'USDE', 'FDUSD', 'UST']);

/** Decimals of a value in the display currency. */
export function valueDecimals(currency: string): number {
  if (currency === 'BTC') return 8;
  if (currency === 'ETH') return 6;
  return 2;
}

/** Decimals of an amount of a coin. */
export function amountDecimals(asset: string): number {
  if (FIAT.has(asset)) return 2;
  return STABLE.has(asset) ? 4 : 8;
}

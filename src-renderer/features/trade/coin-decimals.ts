/** Money that is counted in cents; everything else is a coin with a long tail. */
const CENTS = new Set(['USD', 'EUR', 'GBP', 'CHF', 'TRY', 'BRL', 'USDT', 'USDC', 'USDE', 'DAI', 'FDUSD']);

/** Decimals that an amount of this currency is shown with: 2 for dollars and their like, 8 for coins. */
export const coinDecimals = (currency: string): number => (CENTS.has(currency) ? 2 : 8);

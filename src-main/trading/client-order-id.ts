/** Bitfinex takes whole numbers below 2^45 only: the tightest alphabet of the three venues. */
export const CLIENT_ORDER_ID_LIMIT = 2 ** 45;
const PER_MILLISECOND = 16;

const YEAR_MS = 365 * 86_400_000;

/**
 * Ids from here on are not ours, whatever the clock did: somebody else's numbers, which must not use up ours.
 * @param now ms UTC
 */
export const beyondOurIds = (now: number): number =>
  Math.min(CLIENT_ORDER_ID_LIMIT - 1, (now + YEAR_MS) * PER_MILLISECOND);

/**
 * Makes client order ids: decimal digits below 2^45, rising, sixteen to a millisecond (enough until 2039).
 * `last` is the highest id the journal knows, so that a clock set back cannot make an id twice.
 */
export function clientOrderIds(now: () => number, last = 0): () => string {
  let highest = last;
  return () => {
    highest = Math.max(highest + 1, Math.floor(now()) * PER_MILLISECOND);
    return String(highest);
  };
}

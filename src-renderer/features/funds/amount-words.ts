import type { DecimalText } from '../../../src-preload/contract/types/market.ts';

/** The words of one language that an amount is read out with. */
export interface DigitWords {
  readonly digits: readonly string[];
  readonly point: string;
}

/**
 * An amount read digit by digit ("one two point zero five"): a misplaced point or a lost zero is heard, where
 * figures are skimmed.
 */
export function amountInWords(amount: DecimalText, words: DigitWords): string {
  return [...amount]
    .map((character) => (character === '.' ? words.point : (words.digits[Number(character)] ?? '')))
    .filter((word) => word !== '')
    .join(' ');
}

/** First and last characters of an address, in groups of four, for comparing by eye. */
export function addressGroups(address: string): { first: string; middle: string; last: string } {
  const EDGE = 8;
  if (address.length <= EDGE * 2) return { first: grouped(address), middle: '', last: '' };
  return {
    first: grouped(address.slice(0, EDGE)),
    middle: address.slice(EDGE, -EDGE),
    last: grouped(address.slice(-EDGE)),
  };
}

const grouped = (text: string): string => text.replace(/(.{4})(?=.)/g, '$1 ');

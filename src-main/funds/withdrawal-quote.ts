/** The figures of a withdrawal and every rule that it breaks, before anything is sent. Pure. */
import {
  addText,
  compareText,
  dec,
  decimalsOf,
  floorToStep,
  isZeroText,
  multiplyText,
  normalise,
  roundToStep,
  subtractText,
  text,
} from '../market/decimal.ts';
import type { FieldProblem } from '../../src-preload/contract/result.ts';
import type {
  AssetNetwork,
  BookedAddress,
  FundsAsset,
  WithdrawalQuote,
} from '../../src-preload/contract/types/funds.ts';

/** As fine as amounts get, where a venue tells no precision. */
const FINEST = 18;

export interface WithdrawalWish {
  readonly asset: string;
  readonly network: string;
  readonly addressId: string;
  readonly amount: string;
  readonly feeFromAmount: boolean;
}

export interface WithdrawalFacts {
  readonly assets: readonly FundsAsset[];
  readonly book: readonly BookedAddress[];
  /** What the venue lets go of the coin now. */
  readonly available: string;
}

export function quoteWithdrawal(wish: WithdrawalWish, facts: WithdrawalFacts): WithdrawalQuote {
  const { asset, network: networkId, amount, feeFromAmount } = wish;
  const network = facts.assets
    .find((entry) => entry.asset === asset)
    ?.networks.find((entry) => entry.id === networkId);
  const address = facts.book.find((entry) => entry.id === wish.addressId);
  const fee = network === undefined ? '0' : withdrawalFee(network, amount, feeFromAmount);
  const debited = feeFromAmount ? normalise(amount) : addText(amount, fee);
  const left = feeFromAmount ? subtractText(amount, fee) : normalise(amount);
  return {
    asset,
    network: networkId,
    debited,
    fee,
    received: compareText(left, '0') > 0 ? left : '0',
    available: facts.available,
    problems: [
      ...networkProblems(network),
      ...addressProblems(wish, address),
      ...(network === undefined ? [] : amountProblems(wish, network, { fee, debited, left, facts })),
    ],
  };
}

/**
 * What the venue keeps, in units of the coin. On top: fixed + amount / (1 - rate) * rate; out of the amount:
 * fixed + (amount - fixed) * rate. Rounded up to the network's precision, so that it never promises too much.
 */
export function withdrawalFee(network: AssetNetwork, amount: string, feeFromAmount: boolean): string {
  const fixed = network.withdrawFee ?? '0';
  const rate = network.withdrawFeeRate;
  if (isZeroText(rate) || compareText(rate, '1') >= 0) return normalise(fixed);
  const share = feeFromAmount
    ? multiplyText(positive(subtractText(amount, fixed)), rate)
    : text(dec(multiplyText(amount, rate)).div(dec(subtractText('1', rate))));
  return addText(fixed, roundToStep(share, step(network), 'up'));
}

const positive = (value: string): string => (compareText(value, '0') > 0 ? value : '0');

const step = ({ precision }: AssetNetwork): string => stepOf(precision ?? FINEST);

export const stepOf = (decimals: number): string => (decimals === 0 ? '1' : `0.${'0'.repeat(decimals - 1)}1`);

function networkProblems(network: AssetNetwork | undefined): FieldProblem[] {
  if (network === undefined) return [{ field: 'network', rule: 'must be a network of this coin' }];
  if (network.withdrawFee === null)
    return [{ field: 'network', rule: 'this coin cannot be withdrawn over this network' }];
  if (!network.withdrawOpen)
    return [{ field: 'network', rule: 'withdrawals over this network are closed now' }];
  return [];
}

function addressProblems(wish: WithdrawalWish, address: BookedAddress | undefined): FieldProblem[] {
  const field = 'addressId';
  if (address === undefined)
    return [{ field, rule: 'must be an entry of the address book that you keep at the venue' }];
  const problems: FieldProblem[] = [];
  if (!address.usable)
    problems.push({ field, rule: 'is new: the venue holds it back, usually for 24 hours' });
  if (address.network !== wish.network)
    problems.push({ field, rule: `is an address of the network ${address.network}, not of ${wish.network}` });
  if (address.asset !== null && address.asset !== wish.asset)
    problems.push({ field, rule: `is an address for ${address.asset} only` });
  // A memo goes out exactly as it stands in the book; one with a stray space reaches nobody.
  if (address.memo !== null && /[\s\u0000-\u001f\u007f]/.test(address.memo))
    problems.push({ field, rule: 'has a memo with spaces or control characters: correct it at the venue' });
  return problems;
}

interface Figures {
  readonly fee: string;
  readonly debited: string;
  /** Amount less the fee where that comes out of it. */
  readonly left: string;
  readonly facts: WithdrawalFacts;
}

function amountProblems(
  { amount, feeFromAmount }: WithdrawalWish,
  network: AssetNetwork,
  { fee, debited, left, facts }: Figures,
): FieldProblem[] {
  const field = 'amount';
  const problems: FieldProblem[] = [];
  const { minWithdrawal: min, maxWithdrawal: max, precision } = network;
  if (precision !== null && decimalsOf(amount) > precision) {
    const rule = `may have at most ${precision} decimals on this network`;
    problems.push({ field, rule, ...nearest(floorToStep(amount, step(network)), min) });
  }
  if (min !== null && compareText(amount, min) < 0)
    problems.push({ field, rule: `must be at least ${min}`, nearest: min });
  if (max !== null && max !== undefined && compareText(amount, max) > 0)
    problems.push({ field, rule: `must be at most ${max} in one withdrawal`, nearest: max });
  if (feeFromAmount && compareText(left, '0') <= 0)
    problems.push({ field, rule: `must be more than the fee of ${fee}` });
  if (compareText(debited, facts.available) > 0) {
    const rule = feeFromAmount
      ? `must not be more than the ${facts.available} that can be withdrawn`
      : `with the fee of ${fee} must not be more than the ${facts.available} that can be withdrawn`;
    problems.push({ field, rule, ...nearest(mostAmount(network, facts.available, feeFromAmount), min) });
  }
  return problems;
}

/** The largest amount that `available` covers, with the fee where that comes on top. */
function mostAmount(network: AssetNetwork, available: string, feeFromAmount: boolean): string {
  if (feeFromAmount) return floorToStep(available, step(network));
  const afterFixed = positive(subtractText(available, network.withdrawFee ?? '0'));
  const share = subtractText('1', network.withdrawFeeRate);
  return floorToStep(multiplyText(afterFixed, positive(share)), step(network));
}

/** No suggestion where there is none that would be accepted. */
function nearest(value: string, min: string | null): { nearest?: string } {
  const isTooSmall = isZeroText(value) || (min !== null && compareText(value, min) < 0);
  return isTooSmall ? {} : { nearest: value };
}

/** The practice exchange's refusals, with the kinds that a real venue's would be mapped to. */
import { HoldfastError } from '../../../errors.ts';
import type { RejectReason } from '../matching/order.ts';

interface Problem {
  readonly field: string;
  readonly rule: string;
  readonly nearest?: string;
}

export function invalidOrder(problems: readonly Problem[]): HoldfastError {
  const text = problems.map((problem) => `${problem.field}: ${problem.rule}`).join('; ');
  return new HoldfastError('invalidOrder', 'practice.invalidOrder', text, { problems });
}

export function insufficientFunds(asset: string, needed: string, free: string): HoldfastError {
  return new HoldfastError(
    'insufficientFunds',
    'practice.insufficientFunds',
    `The order needs ${needed} ${asset}; ${free} ${asset} is available.`,
  );
}

export function unknownOrder(): HoldfastError {
  return new HoldfastError('unknownOrder', 'practice.unknownOrder', 'There is no open order with this id.');
}

export function duplicateOrder(clientOrderId: string): HoldfastError {
  return new HoldfastError(
    'duplicateOrder',
    'practice.duplicateOrder',
    `An order with the id ${clientOrderId} was placed before.`,
  );
}

export function marketClosed(symbol: string): HoldfastError {
  return new HoldfastError(
    'marketClosed',
    'practice.marketClosed',
    `${symbol} is not trading: the record has ended.`,
  );
}

export function unknownMarket(symbol: string): HoldfastError {
  return invalidOrder([{ field: 'symbol', rule: `${symbol} is not a market of the practice exchange now` }]);
}

const RULES: Readonly<Record<Exclude<RejectReason, 'duplicate'>, Problem>> = {
  wouldTake: { field: 'postOnly', rule: 'the order would trade at once, and post-only forbids that' },
  fillOrKill: { field: 'timeInForce', rule: 'the order cannot be filled in full at once (FOK)' },
  noLiquidity: { field: 'quantity', rule: 'nobody offers anything within 5 % of the best price' },
  reduceOnly: { field: 'reduceOnly', rule: 'there is no position that the order would reduce' },
  wouldTrigger: { field: 'triggerPrice', rule: 'the trigger price has been passed already' },
  badOrder: { field: 'quantity', rule: 'the order is too large to be counted exactly' },
};

export function refused(reason: RejectReason, clientOrderId: string): HoldfastError {
  return reason === 'duplicate' ? duplicateOrder(clientOrderId) : invalidOrder([RULES[reason]]);
}

/** Coins and chains of the venue, as `coin/query-info` tells them. */
import type { Payload } from './protocol.ts';

export interface Chain {
  readonly chain: string;
  readonly chainType: string;
  readonly fee: string;
  /** Share of the amount, besides the fixed fee. */
  readonly percentage: string;
  readonly least: string;
  readonly confirmations: string;
  readonly contract: string;
  /** The deposit address has a tag (memo) that must not be forgotten. */
  readonly tagged: boolean;
  /** Withdrawals are closed. */
  readonly closed?: boolean;
}

const chain = (
  name: string,
  chainType: string,
  fee: string,
  least: string,
  extra: Partial<Chain> = {},
): Chain => ({
  chain: name,
  chainType,
  fee,
  percentage: '0',
  least,
  confirmations: '6',
  contract: '',
  tagged: false,
  ...extra,
});

export const CHAINS: Readonly<Record<string, readonly Chain[]>> = {
  BTC: [chain('BTC', 'BTC', '0.0003', '0.001', { confirmations: '1' })],
  ETH: [chain('ETH', 'ETH', '0.0012', '0.002'), chain('ARBI', 'Arbitrum One', '0.0003', '0.002')],
  USDT: [
    chain('ETH', 'ERC20', '4.5', '9', { contract: '831ec7' }),
    chain('TRX', 'TRC20', '1', '2', { contract: 'jLj6t', percentage: '0.001' }),
    chain('SOL', 'SOL', '1', '2', { closed: true }),
  ],
  USDC: [chain('ETH', 'ERC20', '4.5', '9', { contract: '06eb48' })],
  XRP: [chain('XRP', 'XRP', '0.2', '20', { tagged: true, confirmations: '2' })],
};

export function coinPayload(coin: string): Payload {
  const chains = (CHAINS[coin] ?? []).map((each) => ({
    chainType: each.chainType,
    confirmation: each.confirmations,
    withdrawFee: each.closed === true ? '' : each.fee,
    depositMin: '0',
    withdrawMin: each.least,
    withdrawMax: '-1',
    chain: each.chain,
    chainDeposit: '1',
    chainWithdraw: each.closed === true ? '0' : '1',
    minAccuracy: '8',
    withdrawPercentageFee: each.percentage,
    contractAddress: each.contract,
    safeConfirmNumber: '2',
  }));
  return { name: coin, coin, remainAmount: '3400000', chains };
}

/** The same address for the same account, coin and chain, every time. */
export function depositAddress(uid: string, coin: string, each: Chain): { address: string; tag: string } {
  return { address: `loopback-${each.chain}-${uid}-${coin}`, tag: each.tagged ? `7${uid}` : '' };
}

import { HoldfastError } from '../../../src-main/errors.ts';
import type {
  Exchange,
  FundsAccount,
  FundsMovement,
  TradingAccount,
} from '../../../src-main/exchanges/exchange.ts';
import { BYBIT } from '../../../src-main/exchanges/bybit/capabilities.ts';
import { FundsDesk } from '../../../src-main/funds/funds-desk.ts';
import type { ConversionGate } from '../../../src-main/funds/funds-desk.ts';
import type { AccountSession } from '../../../src-main/trading/account-sessions.ts';
import type { Account, AccountUse, VenueCapabilities } from '../../../src-preload/contract/types/account.ts';
import type { AssetNetwork, BookedAddress } from '../../../src-preload/contract/types/funds.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { fakeAccount } from '../../support/trading-account.ts';

export const START = Date.UTC(2026, 10, 20, 12);
export const ACCOUNT = 'account-1';
export const PASSPHRASE = 'test passphrase one';
export const passphrase = (text = PASSPHRASE): Uint8Array => new TextEncoder().encode(text);

export const NETWORK: AssetNetwork = {
  id: 'ETH',
  name: 'Ethereum',
  depositOpen: true,
  withdrawOpen: true,
  confirmations: 6,
  minDeposit: '0',
  minWithdrawal: '10',
  maxWithdrawal: '500',
  withdrawFee: '3',
  withdrawFeeRate: '0',
  precision: 6,
  contractEnd: null,
};
export const ADDRESS: BookedAddress = {
  id: 'entry-1',
  asset: 'USDT',
  network: 'ETH',
  address: '0xAbCd',
  memo: null,
  label: 'cold store',
  usable: true,
};

export const movement = (over: Partial<FundsMovement> = {}): FundsMovement => ({
  id: 'w-1',
  accountId: ACCOUNT,
  kind: 'withdrawal',
  asset: 'USDT',
  amount: '20',
  fee: null,
  network: 'ETH',
  from: null,
  to: '0xAbCd',
  memo: null,
  transactionId: null,
  state: 'pending',
  venueState: 'accepted',
  confirmations: null,
  time: START,
  ...over,
});

export interface FakeFunds extends FundsAccount {
  /** Names of the writes that reached the venue, in order. */
  readonly sent: string[];
}

/** A venue that carries everything out, unless a test replaces a method. */
export function fakeFunds(over: Partial<FundsAccount> = {}): FakeFunds {
  const sent: string[] = [];
  const empty = () => Promise.resolve({ rows: [], cursor: null });
  const answer = <T>(name: string, value: T) => {
    sent.push(name);
    return Promise.resolve(value);
  };
  return {
    sent,
    assets: () => Promise.resolve([{ asset: 'USDT', name: 'Tether', networks: [NETWORK] }]),
    transferable: (asset, wallet) => Promise.resolve({ asset, wallet, amount: '100', asOf: START }),
    transfer: (request) => answer(`transfer ${request.intentId}`, movement({ kind: 'transfer', id: 't-1' })),
    findTransfer: () => Promise.resolve(null),
    depositAddress: (asset, network) =>
      Promise.resolve({
        asset,
        network,
        address: 'r-address',
        memo: '42',
        contractEnd: null,
        fetchedAt: START,
      }),
    deposits: empty,
    withdrawals: empty,
    transfers: empty,
    conversions: empty,
    addressBook: () => Promise.resolve([ADDRESS]),
    withdrawable: () => Promise.resolve('100'),
    withdraw: (request) => answer(`withdraw ${request.intentId}`, movement()),
    findWithdrawal: () => Promise.resolve(null),
    cancelWithdrawal: (id) => answer(`cancel ${id}`, undefined),
    convertCoins: () =>
      Promise.resolve([{ asset: 'ETH', available: '2', min: '0.01', max: '5', precision: 8 }]),
    convertQuote: (_wallet, from, to, amount) =>
      Promise.resolve({
        quoteId: 'q-1',
        from,
        to,
        fromAmount: amount,
        toAmount: '1',
        rate: '1',
        expiresAt: START,
      }),
    convert: (_wallet, quoteId) =>
      answer(`convert ${quoteId}`, { quoteId, state: 'done', fromAmount: '1', toAmount: '2' } as const),
    convertResult: () => Promise.resolve(null),
    ...over,
  };
}

interface DeskOptions {
  readonly funds?: FundsAccount | null;
  readonly uses?: readonly AccountUse[];
  readonly capabilities?: Partial<VenueCapabilities>;
  readonly gate?: ConversionGate;
  readonly verify?: (passphrase: Uint8Array) => Promise<void>;
}

export interface TestDesk {
  readonly desk: FundsDesk;
  readonly funds: FakeFunds;
  readonly copied: string[];
  readonly clock: { now: number };
  readonly writeFailures: unknown[];
  /** Takes a use away, as a person does in the settings. */
  setUses(uses: readonly AccountUse[]): void;
}

export function testDesk(ledger: TestLedger, options: DeskOptions = {}): TestDesk {
  const funds = options.funds === undefined ? fakeFunds() : options.funds;
  const clock = { now: START };
  const copied: string[] = [];
  const writeFailures: unknown[] = [];
  let uses = options.uses ?? ['read', 'trade', 'withdraw'];
  const account = (): Account => ({
    id: ACCOUNT,
    venue: 'bybit',
    label: 'Main',
    environment: 'live',
    region: 'global',
    uses,
    keyType: 'hmac',
    keyLast4: '1234',
    permissions: null,
    modes: null,
    inspection: null,
    addedAt: 0,
    state: 'live',
  });
  const trading: TradingAccount = { ...fakeAccount(), accountId: ACCOUNT, funds };
  const exchange = { capabilities: { ...BYBIT, ...options.capabilities } } as unknown as Exchange;
  const desk = new FundsDesk({
    sessions: {
      require: (accountId) => {
        if (accountId !== ACCOUNT) throw new HoldfastError('notFound', 'account.notConnected', 'no');
        return { account: account(), exchange, trading } as unknown as AccountSession;
      },
    },
    account,
    verify: options.verify ?? verifyText,
    copy: (text) => {
      copied.push(text);
      return Promise.resolve();
    },
    ledger: ledger.repositories,
    gate: options.gate ?? { check: () => Promise.resolve() },
    clock: () => clock.now,
    onWriteFailed: (error) => writeFailures.push(error),
  });
  return {
    desk,
    funds: funds as FakeFunds,
    copied,
    clock,
    writeFailures,
    setUses: (next) => {
      uses = next;
    },
  };
}

/** As the vault does: compares, and overwrites. */
async function verifyText(given: Uint8Array): Promise<void> {
  const isRight = new TextDecoder().decode(given) === PASSPHRASE;
  given.fill(0);
  await Promise.resolve();
  if (!isRight) throw new HoldfastError('vault', 'vault.wrongPassphrase', 'The passphrase is wrong.');
}

/** The answer never came. */
export const lost = () =>
  Promise.reject(new HoldfastError('unknownOutcome', 'net.noAnswer', 'The venue did not answer.'));

export const withdrawal = (over: object = {}) => ({
  accountId: ACCOUNT,
  asset: 'USDT',
  network: 'ETH',
  addressId: 'entry-1',
  amount: '20',
  feeFromAmount: false,
  intentId: 'intent-1',
  passphrase: passphrase(),
  ...over,
});

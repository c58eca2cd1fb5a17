/** Moving money: between wallets, in, out, and from one coin to another. Amounts are in units of the asset. */
import type { DecimalText } from './market.ts';

/** A chain over which a coin can come in or go out. */
export interface AssetNetwork {
  /** The venue's own id of the chain; sent back as it is. */
  readonly id: string;
  readonly name: string;
  readonly depositOpen: boolean;
  readonly withdrawOpen: boolean;
  /** Confirmations until a deposit is credited; null when not told. */
  readonly confirmations: number | null;
  readonly minDeposit: DecimalText | null;
  readonly minWithdrawal: DecimalText | null;
  /** Most that one withdrawal can take; absent or null = no limit told. */
  readonly maxWithdrawal?: DecimalText | null;
  /** Fixed part of the fee. Null = withdrawals over this network are not offered. */
  readonly withdrawFee: DecimalText | null;
  /** Share of the amount on top, as a fraction ("0.01"). */
  readonly withdrawFeeRate: DecimalText;
  /** Decimals that an amount may have. */
  readonly precision: number | null;
  /** Last characters of the token's contract, to be compared; null for a chain's own coin. */
  readonly contractEnd: string | null;
}

export interface FundsAsset {
  readonly asset: string;
  readonly name: string;
  readonly networks: readonly AssetNetwork[];
}

export interface DepositAddress {
  readonly asset: string;
  readonly network: string;
  readonly address: string;
  /** Tag or memo without which the deposit is lost; null where the network has none. */
  readonly memo: string | null;
  readonly contractEnd: string | null;
  readonly fetchedAt: number;
}

/** One movement of money in a venue's own books. */
export interface FundsMovement {
  readonly id: string;
  readonly accountId: string;
  readonly kind: 'deposit' | 'withdrawal' | 'transfer' | 'convert';
  readonly asset: string;
  readonly amount: DecimalText;
  /** Paid on top of or out of the amount; null when not told. */
  readonly fee: DecimalText | null;
  readonly network: string | null;
  /** Address, wallet or coin where it went or came from. */
  readonly from: string | null;
  readonly to: string | null;
  readonly memo: string | null;
  readonly transactionId: string | null;
  /** `attention`: stuck at the venue until a person does something there. */
  readonly state: 'pending' | 'done' | 'failed' | 'attention' | 'unknown';
  /** The venue's own word for it. */
  readonly venueState: string;
  readonly confirmations: number | null;
  readonly time: number;
}

/** What can be moved out of one wallet now. */
export interface Transferable {
  readonly asset: string;
  readonly wallet: string;
  readonly amount: DecimalText;
  readonly asOf: number;
}

/** An entry of the address book that the user keeps at the venue. */
export interface BookedAddress {
  readonly id: string;
  /** Null = usable for every coin of the network (universal address). */
  readonly asset: string | null;
  readonly network: string;
  readonly address: string;
  readonly memo: string | null;
  readonly label: string;
  /** False while the venue holds a new entry back. */
  readonly usable: boolean;
}

export interface WithdrawalQuote {
  readonly asset: string;
  readonly network: string;
  /** What leaves the account, fee included. */
  readonly debited: DecimalText;
  readonly fee: DecimalText;
  /** What arrives. */
  readonly received: DecimalText;
  readonly available: DecimalText;
  /** Rules broken; empty = can be sent. */
  readonly problems: readonly { readonly field: string; readonly rule: string; readonly nearest?: string }[];
}

export interface ConvertCoin {
  readonly asset: string;
  readonly available: DecimalText;
  readonly min: DecimalText;
  readonly max: DecimalText;
  readonly precision: number | null;
}

export interface ConvertQuote {
  readonly quoteId: string;
  readonly from: string;
  readonly to: string;
  readonly fromAmount: DecimalText;
  readonly toAmount: DecimalText;
  /** `to` for one `from`. */
  readonly rate: DecimalText;
  readonly expiresAt: number;
}

export interface ConvertResult {
  readonly quoteId: string;
  readonly state: 'pending' | 'done' | 'failed';
  readonly fromAmount: DecimalText;
  readonly toAmount: DecimalText;
}

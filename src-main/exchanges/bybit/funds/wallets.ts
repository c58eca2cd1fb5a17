/** Bybit's two wallets in our words; each of its interfaces has another name for them. */
import { badInput } from '../../../errors.ts';

export const WALLETS = ['unified', 'funding'] as const;
export type Wallet = (typeof WALLETS)[number];

const ACCOUNT_TYPES: Readonly<Record<Wallet, string>> = { unified: 'UNIFIED', funding: 'FUND' };
const CONVERT_TYPES: Readonly<Record<Wallet, string>> = {
  unified: 'eb_convert_uta',
  funding: 'eb_convert_funding',
};

/** Throws `badInput` naming the field for a wallet that Bybit does not have. */
export function walletOf(name: string, field: string): Wallet {
  const wallet = WALLETS.find((entry) => entry === name);
  if (wallet === undefined) throw badInput([{ field, rule: 'must be the wallet unified or funding' }]);
  return wallet;
}

/** As transfers and balances name it. */
export const accountTypeOf = (wallet: Wallet): string => ACCOUNT_TYPES[wallet];
/** As the convert calls name it. */
export const convertTypeOf = (wallet: Wallet): string => CONVERT_TYPES[wallet];

/** Our word for an account type; types of other products keep Bybit's word in lower case. */
export function walletNamed(accountType: string): string {
  return WALLETS.find((wallet) => ACCOUNT_TYPES[wallet] === accountType) ?? accountType.toLowerCase();
}

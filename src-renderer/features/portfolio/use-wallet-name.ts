import { useI18n } from 'vue-i18n';

/** A wallet in our words; the venue's own name stands where we have none. */
export function useWalletName(): (wallet: string) => string {
  const i18n = useI18n();
  return (wallet) => {
    const key = `portfolio.wallet.${wallet}`;
    return i18n.te(key, 'en') ? i18n.t(key) : wallet;
  };
}

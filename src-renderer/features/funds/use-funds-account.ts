import { computed, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { Account, VenueCapabilities } from '../../../src-preload/contract/types/account.ts';
import { useAccountsStore } from '../../lib/use-accounts-store.ts';

export const FUNDS_SECTIONS = ['wallets', 'deposit', 'withdraw', 'convert', 'history'] as const;
export type FundsSection = (typeof FUNDS_SECTIONS)[number];

const OFFERS: Readonly<Record<FundsSection, (venue: VenueCapabilities) => boolean>> = {
  wallets: (venue) => venue.transfers,
  deposit: (venue) => venue.deposits,
  withdraw: (venue) => venue.withdrawals,
  convert: (venue) => venue.convert,
  history: (venue) => venue.transfers || venue.deposits || venue.withdrawals,
};

/** Which account's money is moved, and what its venue lets one do; both stand in the address of the view. */
export function useFundsAccount() {
  const route = useRoute();
  const router = useRouter();
  const accounts = useAccountsStore();

  /** A demo account has play money that no network carries. */
  const eligible = computed<readonly Account[]>(() =>
    accounts.list.filter((account) => {
      const venue = accounts.capabilitiesOf(account.venue);
      return venue?.available === true && venue.transfers && account.environment !== 'demo';
    }),
  );
  const account = computed<Account | null>(() => {
    const wanted = route.params['accountId'];
    const preferred = typeof wanted === 'string' && wanted !== '' ? wanted : accounts.activeId;
    return eligible.value.find((one) => one.id === preferred) ?? eligible.value[0] ?? null;
  });
  const capabilities = computed(() =>
    account.value === null ? null : (accounts.capabilitiesOf(account.value.venue) ?? null),
  );
  const sections = computed<readonly FundsSection[]>(() => {
    const venue = capabilities.value;
    return venue === null ? [] : FUNDS_SECTIONS.filter((section) => OFFERS[section](venue));
  });
  const section = computed<FundsSection>({
    get: () =>
      sections.value.find((one) => one === route.params['section']) ?? sections.value[0] ?? 'wallets',
    set: (next) => go(account.value?.id ?? '', next),
  });
  const accountId = computed<string>({
    get: () => account.value?.id ?? '',
    set: (next) => go(next, section.value),
  });

  function go(id: string, to: FundsSection): void {
    void router.replace({ name: 'funds', params: { accountId: id, section: to } });
  }

  // The address names whose money is shown: the band that says practice, demo or live reads it there.
  watch(
    account,
    (one) => {
      if (one !== null && route.name === 'funds' && route.params['accountId'] !== one.id)
        go(one.id, section.value);
    },
    { immediate: true },
  );

  return { loaded: computed(() => accounts.loaded), eligible, account, accountId, sections, section };
}

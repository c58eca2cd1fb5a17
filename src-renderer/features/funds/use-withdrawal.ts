import { computed, ref, watch } from 'vue';
import type { Account } from '../../../src-preload/contract/types/account.ts';
import type { BookedAddress } from '../../../src-preload/contract/types/funds.ts';
import { api } from '../../lib/api.ts';
import { useDraft } from '../../lib/use-draft.ts';
import { newIntent } from './intent.ts';
import { useAsk } from './use-ask.ts';

/** What a withdrawal is made of, and main's figures for it. */
export function useWithdrawal(account: () => Account) {
  const accountId = () => account().id;
  const draft = useDraft(`funds.withdraw.${accountId()}`, () => ({
    asset: '',
    addressId: '',
    network: '',
    amount: '',
    feeFromAmount: false,
    intentId: newIntent(),
  }));
  const unreadable = ref(false);

  const assets = useAsk(
    () => ({ accountId: accountId() }),
    (question) => api.funds.assets(question),
  );
  const book = useAsk(
    () => (draft.asset === '' ? null : { accountId: accountId(), asset: draft.asset }),
    (question) => api.funds.addressBook(question),
  );
  const address = computed<BookedAddress | null>(
    () => book.value.value?.find((entry) => entry.id === draft.addressId) ?? null,
  );
  const networks = computed(() => {
    const all = assets.value.value?.find((entry) => entry.asset === draft.asset)?.networks ?? [];
    const own = all.filter((entry) => entry.id === address.value?.network);
    // A universal entry of the book is not bound to one chain of the coin.
    return own.length > 0 ? own : all;
  });
  watch(
    () => draft.asset,
    () => {
      draft.addressId = '';
      draft.network = '';
    },
  );
  watch(address, (entry) => {
    if (entry === null) draft.network = '';
    else if (networks.value.some((network) => network.id === entry.network)) draft.network = entry.network;
  });

  const complete = computed(
    () => address.value?.usable === true && draft.network !== '' && draft.amount !== '' && !unreadable.value,
  );
  const wish = () => ({
    accountId: accountId(),
    asset: draft.asset,
    network: draft.network,
    addressId: draft.addressId,
    amount: draft.amount,
    feeFromAmount: draft.feeFromAmount,
  });
  const quote = useAsk(
    () => (complete.value ? wish() : null),
    (question) => api.funds.quoteWithdrawal(question),
  );
  const ready = computed(
    () => complete.value && quote.value.value !== null && quote.value.value.problems.length === 0,
  );
  const problem = (field: string): string | null =>
    quote.value.value?.problems.find((entry) => entry.field === field)?.rule ?? null;
  /** After one was sent: the next is another wish. */
  const reset = (): void => {
    draft.amount = '';
    draft.intentId = newIntent();
  };
  return { draft, unreadable, assets, book, address, networks, quote, ready, problem, wish, reset };
}

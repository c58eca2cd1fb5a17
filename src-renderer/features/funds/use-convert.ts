import { computed, ref, shallowRef, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Account } from '../../../src-preload/contract/types/account.ts';
import type { ConvertQuote } from '../../../src-preload/contract/types/funds.ts';
import { api } from '../../lib/api.ts';
import { formatDecimal } from '../../lib/format.ts';
import { useAction } from '../../lib/use-action.ts';
import { useDraft } from '../../lib/use-draft.ts';
import { useToasts } from '../../ui/toasts.ts';
import { useAsk } from './use-ask.ts';

/** Coins, quote and execution of a conversion. A changed wish throws the quote away: it was for another one. */
export function useConvert(account: () => Account) {
  const { t } = useI18n();
  const toasts = useToasts();
  const accountId = account().id;
  const draft = useDraft(`funds.convert.${accountId}`, () => ({
    wallet: 'unified',
    from: '',
    to: '',
    amount: '',
  }));
  const unreadable = ref(false);
  const quote = shallowRef<ConvertQuote | null>(null);

  const gives = useAsk(
    () => ({ accountId, wallet: draft.wallet }),
    (question) => api.funds.convertCoins(question),
  );
  const takes = useAsk(
    () => (draft.from === '' ? null : { accountId, wallet: draft.wallet, from: draft.from }),
    (question) => api.funds.convertCoins(question),
  );
  const giving = computed(() => gives.value.value?.find((coin) => coin.asset === draft.from) ?? null);
  const canQuote = computed(
    () => draft.from !== '' && draft.to !== '' && draft.amount !== '' && !unreadable.value,
  );
  watch(
    () => [draft.wallet, draft.from, draft.to, draft.amount],
    () => {
      quote.value = null;
    },
  );

  const quoting = useAction(() => api.funds.convertQuote({ accountId, ...draft }));
  const converting = useAction((quoteId: string, passphrase: Uint8Array<ArrayBuffer>) =>
    api.funds.convert({ accountId, wallet: draft.wallet, quoteId, passphrase }),
  );

  async function ask(): Promise<void> {
    if (!canQuote.value) return;
    const asked = JSON.stringify(draft);
    const answer = await quoting.run();
    // Typed on while the venue thought: its price is for what is not wanted any more.
    if (answer !== undefined && asked === JSON.stringify(draft)) quote.value = answer;
  }

  /** True when the venue took it. */
  async function convert(passphrase: Uint8Array<ArrayBuffer>): Promise<boolean> {
    if (quote.value === null) return false;
    const result = await converting.run(quote.value.quoteId, passphrase);
    if (result === undefined) return false;
    const { from, to } = quote.value;
    toasts.show({
      tone: result.state === 'failed' ? 'danger' : 'success',
      title: t(`funds.convert.${result.state}`, {
        amount: formatDecimal(result.fromAmount),
        from,
        got: formatDecimal(result.toAmount),
        to,
      }),
    });
    quote.value = null;
    draft.amount = '';
    void gives.load();
    return true;
  }

  return { draft, unreadable, gives, takes, giving, quoting, quote, converting, canQuote, ask, convert };
}

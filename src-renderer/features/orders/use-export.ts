import { useI18n } from 'vue-i18n';
import { api } from '../../lib/api.ts';
import { formatDecimal } from '../../lib/format.ts';
import { useAction } from '../../lib/use-action.ts';
import { useToasts } from '../../ui/toasts.ts';
import { historyQueryOf, type OrderFilter } from './order-filter.ts';

/** Writes the orders that the filter shows into a CSV file of the person's choice. */
export function useExport(filter: () => OrderFilter) {
  const { t } = useI18n();
  const { show } = useToasts();
  const save = useAction(() => api.trading.exportOrders(historyQueryOf(filter())));

  async function run(): Promise<void> {
    const written = await save.run();
    // Null: the person closed the save dialog.
    if (written == null) return;
    const count = formatDecimal(String(written.rows));
    show({ tone: 'success', title: t('orders.export.done', { count }, written.rows), text: written.path });
  }

  return { run, busy: save.busy, error: save.error };
}

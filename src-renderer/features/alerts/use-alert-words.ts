import { useI18n } from 'vue-i18n';
import type { AlertCondition, AlertDraft, AlertFiring } from '../../../src-preload/contract/types/alert.ts';
import { isDecimalText } from '../../lib/decimal.ts';
import { UNKNOWN, formatAge, formatDecimal } from '../../lib/format.ts';
import { useNames } from '../orders/use-names.ts';

/** Stands in for a value that an older entry of the log lacks. */
const NOTHING_KNOWN = Object.fromEntries(
  ['symbol', 'price', 'last', 'percent', 'minutes', 'side', 'quantity', 'venue', 'seconds'].map((name) => [
    name,
    UNKNOWN,
  ]),
);

/** Alerts in sentences: what fires them, how often, and what a firing said. */
export function useAlertWords() {
  const i18n = useI18n();
  const { t } = i18n;
  const names = useNames();

  function conditionText(condition: AlertCondition): string {
    switch (condition.kind) {
      case 'priceCrosses':
        return t(`alerts.sentence.priceCrosses.${condition.direction}`, {
          source: t(`alerts.source.${condition.source}`),
          symbol: condition.market.symbol,
          price: formatDecimal(condition.price),
        });
      case 'percentMove':
        return t(`alerts.sentence.percentMove.${condition.direction}`, {
          symbol: condition.market.symbol,
          percent: formatDecimal(condition.percent),
          minutes: condition.windowMinutes,
        });
      case 'orderFilled':
        return t(`alerts.sentence.orderFilled.${condition.partial ? 'partial' : 'whole'}`, {
          account:
            condition.accountId === null ? t('alerts.anyAccount') : names.accountLabel(condition.accountId),
        });
      case 'connectionLost':
        return t('alerts.sentence.connectionLost', {
          venue: condition.venue === null ? t('alerts.anyVenue') : names.venue(condition.venue),
          seconds: condition.afterSeconds,
        });
    }
  }

  function repeatText(alert: Pick<AlertDraft, 'repeat' | 'cooldownSeconds'>): string {
    if (alert.repeat === 'once') return t('alerts.repeat.once');
    if (alert.cooldownSeconds === 0) return t('alerts.repeat.always');
    return t('alerts.repeat.every', { span: formatAge(alert.cooldownSeconds * 1000) });
  }

  /** Values cross as they are stored: decimal text and ids, made readable here. */
  function shown(name: string, value: string): string {
    if (name === 'venue') return i18n.te(`app.venue.${value}`, 'en') ? t(`app.venue.${value}`) : value;
    if (name === 'side') return i18n.te(`orders.side.${value}`, 'en') ? t(`orders.side.${value}`) : value;
    if (name === 'account') return names.accountLabel(value);
    return isDecimalText(value) ? formatDecimal(value) : value;
  }

  /** Main sends a key and values. A key this window does not know still has its values shown. */
  function firingText({ text }: Pick<AlertFiring, 'text'>): string {
    const key = `alerts.fired.${text.key.split('.').at(-1) ?? ''}`;
    const values = Object.fromEntries(
      Object.entries(text.values).map(([name, value]) => [name, shown(name, value)]),
    );
    return i18n.te(key, 'en') ? t(key, { ...NOTHING_KNOWN, ...values }) : Object.values(values).join(' · ');
  }

  return { conditionText, repeatText, firingText };
}

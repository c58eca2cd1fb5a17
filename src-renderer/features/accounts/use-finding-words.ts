import { useI18n } from 'vue-i18n';
import { formatDecimal, formatTime } from '../../lib/format.ts';
import { formatLanguage } from '../../lib/locale.ts';
import type { ShownFinding } from './findings.ts';
import { siteFrom, siteName } from './key-site.ts';

export interface FindingWords {
  readonly what: string;
  /** What to do about it; null when there is nothing to do. */
  readonly fix: string | null;
  /** The venue's own words, where it refused something. */
  readonly said: string | null;
}

const ONE_DAY = 1;

/** A day as the venue wrote it, or ms UTC; text that is neither stays as it is. */
function dayText(text: string): string {
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(ms) ? formatTime(ms, 'date') : text;
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** Findings in the user's language. What we have no word for is shown as the venue sent it. */
export function useFindingWords(): (finding: ShownFinding) => FindingWords {
  const { t, te } = useI18n();
  const join = (words: readonly string[]): string =>
    new Intl.ListFormat(formatLanguage.value, { type: 'conjunction' }).format(words);
  const product = (name: string): string =>
    te(`accounts.product.${name}`, 'en') ? t(`accounts.product.${name}`) : name;

  /** Values as they stand in a sentence. */
  function wordsOf(values: ShownFinding['values']): Record<string, string> {
    const shown: Record<string, string> = { ...values };
    const { date, products, addresses, offsetMs, site } = values;
    if (date !== undefined) shown['date'] = dayText(date);
    if (products !== undefined) shown['products'] = join(listOf(products).map(product));
    if (addresses !== undefined) shown['addresses'] = listOf(addresses).join(', ');
    if (offsetMs !== undefined) shown['offsetMs'] = formatDecimal(offsetMs.replace('-', ''));
    const known = site === undefined ? null : siteFrom(site);
    if (known !== null) shown['site'] = siteName(known, t);
    return shown;
  }

  return (finding) => {
    const path = `accounts.finding.${finding.code}`;
    const count = finding.days ?? ONE_DAY;
    // The venue's clock is ours plus the offset: a negative one means that ours is ahead.
    const ahead = finding.values['offsetMs']?.startsWith('-') === true ? 'ahead' : 'behind';
    const form = finding.code === 'clockOff' && finding.form === 'measured' ? ahead : finding.form;
    const { message = '', code = '' } = finding.values;
    const said = [message, code].filter((text) => text !== '').join(' · ');
    const own = `${path}.fix_${form}`;
    const fix = te(own, 'en') ? own : `${path}.fix`;
    return {
      what: t(`${path}.${form}`, wordsOf(finding.values), count),
      fix: te(fix, 'en') ? t(fix) : null,
      said: said === '' ? null : t('accounts.inspect.said', { words: said }),
    };
  };
}

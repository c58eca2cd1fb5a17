/** How figures, times and ages are written. Works on the text of a number, so what is shown is what was received. */
import type { DecimalText } from '../../src-preload/contract/types/market.ts';
import { isZeroText, multiplyText, toFixedText } from './decimal.ts';
import { GROUP_SPACE, decimalSign, formatLanguage } from './locale.ts';

export const MINUS = '\u2212';
const DASH = '\u2014';

export interface DecimalFormat {
  /** Rounds (half-even) to so many decimals and keeps trailing zeros. Without it the text keeps its own. */
  readonly decimals?: number;
  /** Fills with zeros up to so many decimals, never cuts. */
  readonly minDecimals?: number;
  /** Writes + before a positive number. */
  readonly sign?: boolean;
  /** Thin spaces between thousands; default true. */
  readonly group?: boolean;
}

export interface DecimalParts {
  readonly sign: '' | '+' | typeof MINUS;
  readonly whole: string;
  /** With its decimal sign; trailing zeros apart, because they are shown dimmed. */
  readonly fraction: string;
  readonly zeros: string;
}

const groupDigits = (digits: string): string =>
  // Four digits stay together: 1234 reads faster than 1 234 and columns still align.
  digits.length <= 4 ? digits : digits.replace(/\B(?=(?:\d{3})+$)/g, GROUP_SPACE);

const signOf = (text: string, shown: string, wanted: boolean): DecimalParts['sign'] => {
  if (isZeroText(shown)) return '';
  if (text.startsWith('-')) return MINUS;
  return wanted ? '+' : '';
};

/** A number cut into the parts that are styled apart. */
export function decimalParts(text: DecimalText, format: DecimalFormat = {}): DecimalParts {
  const exact = format.decimals === undefined ? text : toFixedText(text, format.decimals);
  const [whole = '0', fraction = ''] = exact.replace('-', '').split('.');
  const digits = fraction.padEnd(format.minDecimals ?? 0, '0');
  const significant = digits.replace(/0+$/, '');
  const mark = decimalSign();
  return {
    sign: signOf(text, exact, format.sign ?? false),
    whole: format.group === false ? whole : groupDigits(whole),
    fraction: significant === '' ? '' : mark + significant,
    zeros: (significant === '' && digits !== '' ? mark : '') + digits.slice(significant.length),
  };
}

/** "12345.60" as "12 345.60". Negative numbers carry a true minus sign. */
export function formatDecimal(text: DecimalText, format: DecimalFormat = {}): string {
  const parts = decimalParts(text, format);
  return parts.sign + parts.whole + parts.fraction + parts.zeros;
}

/** A fraction such as "0.0123" as "+1.23 %"; signed unless `sign: false`. */
export function formatPercent(
  fraction: DecimalText,
  format: { decimals?: number; sign?: boolean } = {},
): string {
  const percent = multiplyText(fraction, '100');
  const number = formatDecimal(percent, { decimals: format.decimals ?? 2, sign: format.sign ?? true });
  return `${number}${GROUP_SPACE}%`;
}

export type TimeStyle = 'time' | 'date' | 'dateTime' | 'minute' | 'month';
const STYLES: Record<TimeStyle, Intl.DateTimeFormatOptions> = {
  time: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  date: { year: 'numeric', month: 'short', day: 'numeric' },
  month: { month: 'short', day: 'numeric' },
  dateTime: {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  },
};

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds UTC in the user's zone. */
export function formatTime(ms: number, style: TimeStyle = 'dateTime'): string {
  const key = formatLanguage.value + style;
  let formatter = formatters.get(key);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(formatLanguage.value === 'de' ? 'de-DE' : 'en-GB', STYLES[style]);
    formatters.set(key, formatter);
  }
  return formatter.format(ms);
}

const UNITS = [
  { name: 'day', ms: 86_400_000 },
  { name: 'hour', ms: 3_600_000 },
  { name: 'minute', ms: 60_000 },
] as const;

const SHORT: Record<'en' | 'de', Record<'day' | 'hour' | 'minute' | 'second', string>> = {
  en: { day: 'd', hour: 'h', minute: 'min', second: 's' },
  de: { day: 'T', hour: 'Std.', minute: 'Min.', second: 's' },
};

/** A span in its largest whole unit: "3 s", "12 min", "4 h", "2 d". Negative spans (clocks differ) read as 0 s. */
export function formatAge(ms: number): string {
  const words = SHORT[formatLanguage.value];
  const unit = UNITS.find((candidate) => ms >= candidate.ms);
  const count = Math.max(0, Math.floor(ms / (unit?.ms ?? 1000)));
  return `${count}${GROUP_SPACE}${words[unit?.name ?? 'second']}`;
}

/** Minutes and seconds of a countdown: 03:12, or 1:03:12 from an hour on. */
export function formatCountdown(ms: number): string {
  const total = Math.max(0, Math.ceil(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const rest = `${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** What stands for a figure nobody knows. */
export const UNKNOWN = DASH;

/** File sizes in KiB or MiB. */
export function formatBytes(bytes: number): string {
  const mebi = bytes >= 1_048_576;
  const value = mebi ? bytes / 1_048_576 : bytes / 1024;
  const text = value.toFixed(1).replace('.', decimalSign());
  return `${text}${GROUP_SPACE}${mebi ? 'MiB' : 'KiB'}`;
}

/*
 * "1,234" typed into an English window is a thousand to one person and a bit over one to the next. Such text is
 * refused instead of guessed: the other language's sign counts only where it cannot be a grouping.
 */
function isAmbiguous(bare: string): boolean {
  const other = decimalSign() === '.' ? ',' : '.';
  const [whole = '', fraction] = bare.replace('-', '').split(other);
  return fraction?.length === 3 && /^[1-9]\d{0,2}$/.test(whole);
}

/** What a person typed as canonical decimal text; null when it is no number or could be read in two ways. */
export function parseDecimal(typed: string): DecimalText | null {
  const bare = typed.replace(/[\s\u202f\u00a0']/g, '').replace(MINUS, '-');
  const match = /^(-?)(\d*)(?:[.,](\d*))?$/.exec(bare);
  if (match === null || !/\d/.test(bare) || isAmbiguous(bare)) return null;
  const whole = (match[2] ?? '').replace(/^0+(?=\d)/, '') || '0';
  const fraction = match[3] ?? '';
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return match[1] === '-' && !isZeroText(text) ? `-${text}` : text;
}

/** The alert form: what is typed, what it means, and what is wrong with it. No Vue in here. */
import type { Alert, AlertCondition, AlertDraft } from '../../../src-preload/contract/types/alert.ts';
import { VENUES } from '../../../src-preload/contract/types/market.ts';
import type { MarketRef, VenueId } from '../../../src-preload/contract/types/market.ts';

export type ConditionKind = AlertCondition['kind'];
export const CONDITION_KINDS = ['priceCrosses', 'percentMove', 'orderFilled', 'connectionLost'] as const;

/** Every field of every kind at once, as text: switching the kind and back loses nothing that was typed. */
export interface AlertFormValues {
  label: string;
  kind: ConditionKind;
  /** `venue symbol`, or empty while no market is chosen. */
  market: string;
  crossing: 'above' | 'below' | 'either';
  price: string;
  source: 'last' | 'mark';
  moving: 'up' | 'down' | 'either';
  percent: string;
  windowMinutes: string;
  /** Empty = every account. */
  accountId: string;
  partial: boolean;
  /** Empty = every venue. */
  venue: string;
  afterSeconds: string;
  repeat: 'once' | 'repeating';
  cooldownSeconds: string;
  hysteresisPercent: string;
  notify: boolean;
}

export type FormField = keyof AlertFormValues;
/** Field to the key of a message under `alerts.problems`. */
export type FormProblems = Readonly<Partial<Record<FormField, string>>>;

export const blankForm = (): AlertFormValues => ({
  label: '',
  kind: 'priceCrosses',
  market: '',
  crossing: 'either',
  price: '',
  source: 'last',
  moving: 'either',
  percent: '2',
  windowMinutes: '15',
  accountId: '',
  partial: false,
  venue: '',
  afterSeconds: '30',
  repeat: 'once',
  cooldownSeconds: '300',
  hysteresisPercent: '0.2',
  notify: true,
});

export const marketKey = (market: MarketRef): string => `${market.venue} ${market.symbol}`;

/** Reads a market key back; null for anything that is not one. */
export function marketOf(key: string): MarketRef | null {
  const at = key.indexOf(' ');
  const venue = VENUES.find((id) => id === key.slice(0, at));
  const symbol = key.slice(at + 1);
  return at < 1 || venue === undefined || symbol === '' ? null : { venue, symbol };
}

/** The form for an alert that exists. */
export function formOf(alert: AlertDraft): AlertFormValues {
  const { condition } = alert;
  const form: AlertFormValues = {
    ...blankForm(),
    label: alert.label,
    kind: condition.kind,
    repeat: alert.repeat,
    cooldownSeconds: String(alert.cooldownSeconds),
    hysteresisPercent: alert.hysteresisPercent,
    notify: alert.notify,
  };
  switch (condition.kind) {
    case 'priceCrosses':
      form.market = marketKey(condition.market);
      form.crossing = condition.direction;
      form.price = condition.price;
      form.source = condition.source;
      break;
    case 'percentMove':
      form.market = marketKey(condition.market);
      form.moving = condition.direction;
      form.percent = condition.percent;
      form.windowMinutes = String(condition.windowMinutes);
      break;
    case 'orderFilled':
      form.accountId = condition.accountId ?? '';
      form.partial = condition.partial;
      break;
    case 'connectionLost':
      form.venue = condition.venue ?? '';
      form.afterSeconds = String(condition.afterSeconds);
      break;
  }
  return form;
}

/** What an alert can be made again from, for example to undo its deletion. */
export const draftOf = (alert: Alert): AlertDraft => ({
  label: alert.label,
  condition: alert.condition,
  repeat: alert.repeat,
  cooldownSeconds: alert.cooldownSeconds,
  hysteresisPercent: alert.hysteresisPercent,
  notify: alert.notify,
});

const DECIMAL = /^(?:0|[1-9]\d{0,19})(?:\.\d{1,18})?$/;
const LONGEST_LABEL = 60;

const isPositive = (text: string): boolean => DECIMAL.test(text) && /[1-9]/.test(text);
function wholeBetween(text: string, low: number, high: number): boolean {
  return /^\d{1,9}$/.test(text) && Number(text) >= low && Number(text) <= high;
}

/** Rules broken by the fields that the chosen kind uses. The label may be empty: it is then made. */
export function problemsOf(form: AlertFormValues): FormProblems {
  const problems: Partial<Record<FormField, string>> = {};
  const check = (field: FormField, good: boolean, key: string): void => {
    if (!good) problems[field] = key;
  };
  check('label', form.label.trim().length <= LONGEST_LABEL, 'label');
  if (form.kind === 'priceCrosses' || form.kind === 'percentMove') {
    check('market', marketOf(form.market) !== null, 'market');
    // A single shot never has to come back, so its field is not shown and cannot be wrong.
    const wanted = form.repeat === 'repeating';
    check('hysteresisPercent', !wanted || DECIMAL.test(form.hysteresisPercent), 'hysteresisPercent');
  }
  if (form.kind === 'priceCrosses') check('price', isPositive(form.price), 'price');
  if (form.kind === 'percentMove') {
    check('percent', isPositive(form.percent), 'percent');
    check('windowMinutes', wholeBetween(form.windowMinutes, 1, 1440), 'windowMinutes');
  }
  if (form.kind === 'connectionLost') {
    check('afterSeconds', wholeBetween(form.afterSeconds, 1, 3600), 'afterSeconds');
  }
  if (form.repeat === 'repeating') {
    check('cooldownSeconds', wholeBetween(form.cooldownSeconds, 0, 86_400), 'cooldownSeconds');
  }
  return problems;
}

/**
 * The draft to send; null while a rule is broken. `label` is what stands in for an empty one, cut to what
 * the contract takes.
 */
export function toDraft(form: AlertFormValues, label: string): AlertDraft | null {
  if (Object.keys(problemsOf(form)).length > 0) return null;
  const condition = conditionOf(form);
  if (condition === null) return null;
  const priced = condition.kind === 'priceCrosses' || condition.kind === 'percentMove';
  return {
    label: (form.label.trim() || label).slice(0, LONGEST_LABEL),
    condition,
    repeat: form.repeat,
    cooldownSeconds: form.repeat === 'repeating' ? Number(form.cooldownSeconds) : 0,
    hysteresisPercent: priced && DECIMAL.test(form.hysteresisPercent) ? form.hysteresisPercent : '0',
    notify: form.notify,
  };
}

/** The condition alone; null while its fields do not make one. */
export function conditionOf(form: AlertFormValues): AlertCondition | null {
  const market = marketOf(form.market);
  switch (form.kind) {
    case 'priceCrosses':
      if (market === null || !isPositive(form.price)) return null;
      return { kind: form.kind, market, direction: form.crossing, price: form.price, source: form.source };
    case 'percentMove': {
      const windowMinutes = Number(form.windowMinutes);
      if (market === null || !isPositive(form.percent)) return null;
      return { kind: form.kind, market, direction: form.moving, percent: form.percent, windowMinutes };
    }
    case 'orderFilled':
      return { kind: form.kind, accountId: form.accountId || null, partial: form.partial };
    case 'connectionLost':
      return { kind: form.kind, venue: venueOf(form.venue), afterSeconds: Number(form.afterSeconds) };
  }
}

const venueOf = (text: string): VenueId | null => VENUES.find((id) => id === text) ?? null;

/** Main names fields by their path in the draft; the form has them flat. Unknown paths fall to no field. */
export function fieldOf(path: string): FormField | null {
  const last = path.split('.').at(-1) ?? '';
  if (last === 'direction') return 'crossing';
  if (path.startsWith('condition.market')) return 'market';
  return last in blankForm() ? (last as FormField) : null;
}

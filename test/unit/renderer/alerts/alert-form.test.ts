import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { alerts } from '../../../../src-preload/contract/alerts.ts';
import type { AlertDraft } from '../../../../src-preload/contract/types/alert.ts';
import {
  blankForm,
  draftOf,
  fieldOf,
  formOf,
  marketOf,
  problemsOf,
  toDraft,
} from '../../../../src-renderer/features/alerts/alert-form.ts';
import type { AlertFormValues } from '../../../../src-renderer/features/alerts/alert-form.ts';
import { alreadyBeyond, distance } from '../../../../src-renderer/features/alerts/price-distance.ts';
import { alert } from './builders.ts';

const form = (change: Partial<AlertFormValues>): AlertFormValues => ({ ...blankForm(), ...change });
const market = { venue: 'bybit', symbol: 'BTC/USDT:USDT' } as const;
const marketText = 'bybit BTC/USDT:USDT';

const drafts: readonly AlertDraft[] = [
  {
    ...draftOf(alert('x')),
    condition: { kind: 'priceCrosses', market, direction: 'below', price: '59000.5', source: 'mark' },
  },
  {
    ...draftOf(alert('x')),
    repeat: 'repeating',
    cooldownSeconds: 60,
    condition: { kind: 'percentMove', market, direction: 'up', percent: '2.5', windowMinutes: 15 },
  },
  {
    ...draftOf(alert('x')),
    hysteresisPercent: '0',
    condition: { kind: 'orderFilled', accountId: 'acc-1', partial: true },
  },
  {
    ...draftOf(alert('x')),
    hysteresisPercent: '0',
    notify: false,
    condition: { kind: 'connectionLost', venue: null, afterSeconds: 30 },
  },
];

describe('alert form', () => {
  it.each(drafts)('gives back the $condition.kind alert it was opened with', (draft) => {
    expect(toDraft(formOf(draft), 'unused')).toEqual(draft);
  });

  it.each(drafts)('makes a $condition.kind draft that main accepts', (draft) => {
    expect(z.safeParse(alerts.calls.create.input, toDraft(formOf(draft), 'x')).success).toBe(true);
  });

  it('names the fields that are missing in the kind that is chosen, and no others', () => {
    expect(problemsOf(form({ percent: 'x' }))).toEqual({ market: 'market', price: 'price' });
    expect(problemsOf(form({ kind: 'connectionLost' }))).toEqual({});
  });

  it.each([
    [{ kind: 'percentMove', market: marketText, windowMinutes: '0' }, 'windowMinutes'],
    [{ kind: 'percentMove', market: marketText, windowMinutes: '1441' }, 'windowMinutes'],
    [{ kind: 'percentMove', market: marketText, windowMinutes: '1.5' }, 'windowMinutes'],
    [{ kind: 'percentMove', market: marketText, percent: '0' }, 'percent'],
    [{ kind: 'priceCrosses', market: marketText, price: '0.00' }, 'price'],
    [{ kind: 'priceCrosses', market: marketText, price: '-5' }, 'price'],
    [{ kind: 'priceCrosses', market: marketText, price: '1e5' }, 'price'],
    [{ kind: 'priceCrosses', market: 'moon BTC/USDT', price: '1' }, 'market'],
    [
      { kind: 'priceCrosses', market: marketText, price: '1', repeat: 'repeating', hysteresisPercent: '' },
      'hysteresisPercent',
    ],
    [{ kind: 'connectionLost', afterSeconds: '3601' }, 'afterSeconds'],
    [{ kind: 'orderFilled', repeat: 'repeating', cooldownSeconds: '86401' }, 'cooldownSeconds'],
    [{ kind: 'orderFilled', label: 'x'.repeat(61) }, 'label'],
  ] as const)('refuses %o at %s', (change, field) => {
    expect(Object.keys(problemsOf(form(change)))).toEqual([field]);
    expect(toDraft(form(change), 'x')).toBeNull();
  });

  it('makes a name when none is typed, no longer than main takes', () => {
    const draft = toDraft(form({ kind: 'orderFilled', label: '  ' }), 'y'.repeat(90));
    expect(draft?.label).toBe('y'.repeat(60));
  });

  it('sends no cool-down for an alert that fires once', () => {
    const draft = toDraft(form({ kind: 'orderFilled', repeat: 'once', cooldownSeconds: '900' }), 'x');
    expect(draft?.cooldownSeconds).toBe(0);
  });

  it('does not stumble over a field that an alert that fires once does not show', () => {
    const once = form({ market: marketText, price: '5', hysteresisPercent: 'x' });
    expect(toDraft(once, 'x')?.hysteresisPercent).toBe('0');
  });

  it('finds the field that main complains about', () => {
    expect(fieldOf('condition.market.symbol')).toBe('market');
    expect(fieldOf('condition.price')).toBe('price');
    expect(fieldOf('label')).toBe('label');
    expect(fieldOf('something.else')).toBeNull();
  });

  it.each(['', 'bybit', ' BTC/USDT', 'bybit '])('reads no market from "%s"', (text) => {
    expect(marketOf(text)).toBeNull();
  });
});

describe('distance to the alert price', () => {
  it('is exact and signed', () => {
    expect(distance('61000', '60000')).toEqual({ amount: '1000', fraction: '0.016667' });
    expect(distance('0.3', '0.1')).toEqual({ amount: '0.2', fraction: '2' });
    expect(distance('59000', '60000')?.amount).toBe('-1000');
  });

  it('is unknown without a price', () => {
    expect(distance('', '60000')).toBeNull();
    expect(distance('61000', null)).toBeNull();
    expect(distance('61000', '0')).toBeNull();
  });

  it('warns of a price that lies beyond the alert already', () => {
    expect(alreadyBeyond('above', '59000', '60000')).toBe(true);
    expect(alreadyBeyond('above', '61000', '60000')).toBe(false);
    expect(alreadyBeyond('below', '61000', '60000')).toBe(true);
    expect(alreadyBeyond('either', '59000', '60000')).toBe(false);
    expect(alreadyBeyond('above', '59000', null)).toBe(false);
  });
});

// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref, type EffectScope } from 'vue';
import type { Result } from '../../../../src-preload/contract/result.ts';
import type { Order, OrderDraft, OrderPreview } from '../../../../src-preload/contract/types/trading.ts';
import { emptyTicket, type TicketDraft } from '../../../../src-renderer/features/trade/ticket/draft.ts';
import { usePreview } from '../../../../src-renderer/features/trade/ticket/use-preview.ts';
import { useSize } from '../../../../src-renderer/features/trade/ticket/use-size.ts';
import { useSubmit } from '../../../../src-renderer/features/trade/ticket/use-submit.ts';
import { reactive } from 'vue';
import { order, PERPETUAL, preview } from './builders.ts';

const DRAFT: OrderDraft = {
  accountId: 'acc-test',
  symbol: 'BTC/USDT:USDT',
  side: 'buy',
  type: 'limit',
  quantity: '0.5',
  price: '100',
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  positionSide: 'net',
};
const draft = (price: string): OrderDraft => ({ ...DRAFT, price });

let scope: EffectScope;
beforeEach(() => {
  vi.useFakeTimers();
  scope = effectScope();
});
afterEach(() => {
  scope.stop();
  vi.useRealTimers();
});

/** A call whose answers are given by hand, in any order. */
function manual<T>() {
  const answers: ((value: Result<T>) => void)[] = [];
  const call = vi.fn(() => new Promise<Result<T>>((resolve) => answers.push(resolve)));
  return { call, answer: (index: number, value: Result<T>) => answers[index]?.(value) };
}
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe('the preview', () => {
  it('asks once for a burst of typing', async () => {
    const now = ref(draft('1'));
    const call = vi.fn(async () => ({ ok: true as const, value: preview() }));
    scope.run(() => usePreview(() => now.value, { call }));
    for (const price of ['10', '100', '100.1']) {
      now.value = draft(price);
      await nextTick();
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(49);
    expect(call.mock.calls).toEqual([[draft('100.1')]]);
  });

  it('drops an answer that was overtaken by a later question', async () => {
    const now = ref(draft('1'));
    const { call, answer } = manual<OrderPreview>();
    const state = scope.run(() => usePreview(() => now.value, { call }));
    await vi.advanceTimersByTimeAsync(50);
    now.value = draft('2');
    await nextTick();
    await vi.advanceTimersByTimeAsync(50);
    answer(1, { ok: true, value: preview({ cost: '2' }) });
    await settle();
    answer(0, { ok: true, value: preview({ cost: '1' }) });
    await settle();
    expect(state?.preview.value?.cost).toBe('2');
  });

  it('says that it is pending while what it shows belongs to an older draft', async () => {
    const now = ref<OrderDraft | null>(draft('1'));
    const { call, answer } = manual<OrderPreview>();
    const state = scope.run(() => usePreview(() => now.value, { call }));
    expect(state?.pending.value).toBe(true);
    await vi.advanceTimersByTimeAsync(50);
    answer(0, { ok: true, value: preview() });
    await settle();
    expect(state?.pending.value).toBe(false);
    now.value = null;
    await nextTick();
    expect(state?.preview.value).toBeNull();
    expect(state?.pending.value).toBe(false);
  });

  it('shows a failure and recovers from it by itself', async () => {
    const error = { code: 'venue.unavailable', kind: 'unavailable', message: 'No answer.' } as const;
    const call = vi.fn<() => Promise<Result<OrderPreview>>>();
    call.mockResolvedValueOnce({ ok: false, error }).mockResolvedValue({ ok: true, value: preview() });
    const state = scope.run(() => usePreview(() => DRAFT, { call }));
    await vi.advanceTimersByTimeAsync(50);
    expect(state?.error.value).toEqual(error);
    expect(state?.preview.value).toBeNull();
    await vi.advanceTimersByTimeAsync(1000);
    expect(state?.error.value).toBeNull();
    expect(state?.preview.value).toEqual(preview());
  });

  it('stops asking when its view is gone', async () => {
    const call = vi.fn(async () => ({ ok: true as const, value: preview() }));
    scope.run(() => usePreview(() => DRAFT, { call }));
    await vi.advanceTimersByTimeAsync(50);
    scope.stop();
    await vi.advanceTimersByTimeAsync(5000);
    expect(call).toHaveBeenCalledTimes(1);
  });
});

function submitWith(change: Partial<Parameters<typeof useSubmit>[0]> = {}) {
  let clock = 1000;
  let ids = 0;
  const place = vi.fn<(sent: OrderDraft & { intentId: string }) => Promise<Result<Order>>>(async () => ({
    ok: true,
    value: order(),
  }));
  const [placed, failed, doubled] = [vi.fn(), vi.fn(), vi.fn()];
  const submit = useSubmit({
    draft: () => DRAFT,
    freshPreview: async () => preview(),
    confirm: () => true,
    repeats: () => false,
    place,
    placed,
    failed,
    doubled,
    now: () => clock,
    newIntentId: () => `intent-${(ids += 1)}`,
    ...change,
  });
  return { submit, place, placed, failed, doubled, pass: (ms: number) => (clock += ms) };
}

describe('sending an order', () => {
  it('takes two strokes: the first opens the review, the second sends', async () => {
    const { submit, place, placed } = submitWith();
    await submit.press();
    expect(place).not.toHaveBeenCalled();
    expect(submit.review.value?.draft).toEqual(DRAFT);
    await submit.send();
    expect(place).toHaveBeenCalledExactlyOnceWith({ ...DRAFT, intentId: 'intent-1' });
    expect(placed).toHaveBeenCalledWith(order());
    expect(submit.review.value).toBeNull();
  });

  it('sends at once where confirmations are off', async () => {
    const { submit, place } = submitWith({ confirm: () => false });
    await submit.press();
    expect(place).toHaveBeenCalledOnce();
  });

  it('is one order when the button is clicked twice', async () => {
    const { submit, place, pass } = submitWith();
    await submit.press();
    const first = submit.send();
    const second = submit.send();
    await Promise.all([first, second]);
    expect(place).toHaveBeenCalledOnce();
    pass(299);
    await submit.press();
    expect(submit.review.value).toBeNull();
  });

  it('does not take the second click of a double click for the next order', async () => {
    const { submit, place, pass } = submitWith({ confirm: () => false });
    await submit.press();
    pass(120);
    await submit.press();
    expect(place).toHaveBeenCalledOnce();
    pass(300);
    await submit.press();
    expect(place).toHaveBeenCalledTimes(2);
  });

  it('says once that a press was taken for a double click, however often a held key repeats', async () => {
    const { submit, place, doubled, pass } = submitWith({ confirm: () => false });
    await submit.press();
    expect([submit.isDouble(), submit.isDouble()]).toEqual([true, true]);
    await submit.press();
    expect(doubled).toHaveBeenCalledOnce();
    pass(300);
    expect(submit.isDouble()).toBe(false);
    await submit.press();
    await submit.press();
    expect(place).toHaveBeenCalledTimes(2);
    expect(doubled).toHaveBeenCalledTimes(2);
  });

  it('makes an order of every press where repeats are asked for, and stops with the setting', async () => {
    let repeats = true;
    const { submit, place, doubled } = submitWith({ confirm: () => false, repeats: () => repeats });
    await submit.press();
    await submit.press();
    expect(place.mock.calls.map(([sent]) => sent.intentId)).toEqual(['intent-1', 'intent-2']);
    expect(doubled).not.toHaveBeenCalled();
    repeats = false;
    await submit.press();
    expect(place).toHaveBeenCalledTimes(2);
    expect(doubled).toHaveBeenCalledOnce();
  });

  it('sends nothing more while an order is under way, also where repeats are asked for', async () => {
    const { submit, place } = submitWith({ confirm: () => false, repeats: () => true });
    await Promise.all([submit.press(), submit.press()]);
    expect(place).toHaveBeenCalledOnce();
  });

  it('makes a new intent for every press, so that two wanted orders are two', async () => {
    const { submit, place, pass } = submitWith({ confirm: () => false });
    await submit.press();
    pass(1000);
    await submit.press();
    expect(place.mock.calls.map(([sent]) => sent.intentId)).toEqual(['intent-1', 'intent-2']);
  });

  it('sends what was reviewed even when the ticket has changed since', async () => {
    let now = DRAFT;
    const { submit, place } = submitWith({ draft: () => now });
    await submit.press();
    now = { ...DRAFT, quantity: '99' };
    await submit.send();
    expect(place.mock.calls[0]?.[0].quantity).toBe('0.5');
  });

  it('sends nothing that main finds fault with, or that main could not look at', async () => {
    for (const answer of [null, preview({ problems: [{ field: 'price', rule: 'must be lower' }] })]) {
      const { submit, place } = submitWith({ freshPreview: async () => answer, confirm: () => false });
      await submit.press();
      expect(place).not.toHaveBeenCalled();
      expect(submit.review.value).toBeNull();
    }
  });

  it('reports a refusal and a call that threw, and is ready again', async () => {
    const error = {
      code: 'trading.insufficientFunds',
      kind: 'insufficientFunds',
      message: 'Too little.',
    } as const;
    const refused = submitWith({ confirm: () => false, place: async () => ({ ok: false, error }) });
    await refused.submit.press();
    expect(refused.failed).toHaveBeenCalledWith(error);
    const thrown = submitWith({ confirm: () => false, place: () => Promise.reject(new Error('gone')) });
    await thrown.submit.press();
    expect(thrown.failed).toHaveBeenCalledWith(expect.objectContaining({ kind: 'internal' }));
    expect(thrown.submit.busy.value).toBe(false);
  });

  it('lets a person leave the review without sending', async () => {
    const { submit, place } = submitWith();
    await submit.press();
    submit.leave();
    await submit.send();
    expect(place).not.toHaveBeenCalled();
  });
});

describe('the size of a ticket', () => {
  function sized(change: Partial<TicketDraft> = {}, max: string | null = '1.399') {
    const ticket = reactive({ ...emptyTicket(), price: '100', ...change });
    const largest = ref(max);
    const size = scope.run(() =>
      useSize({
        ticket: () => ticket,
        instrument: () => PERPETUAL,
        maxQuantity: () => largest.value,
        marketPrice: () => '101',
      }),
    );
    if (size === undefined) throw new Error('no scope');
    return { ticket, largest, size };
  }

  it('follows the largest quantity while it was chosen as a share of it', async () => {
    const { ticket, largest, size } = sized();
    expect(size.share(50)).toBe(true);
    expect(ticket.size).toBe('0.699');
    largest.value = '2';
    await nextTick();
    expect(ticket.size).toBe('1');
  });

  it('is left alone once it was typed', async () => {
    const { ticket, largest, size } = sized();
    size.share(50);
    size.type('0.3');
    largest.value = '2';
    await nextTick();
    expect([ticket.size, ticket.percent]).toEqual(['0.3', null]);
  });

  it('is no share of something unknown', () => {
    const { ticket, size } = sized({ size: '0.2' }, null);
    expect(size.share(50)).toBe(false);
    expect(ticket.size).toBe('0.2');
  });

  it('is converted when the unit changes, and emptied of nothing when it cannot be', () => {
    const { ticket, size } = sized({ size: '0.5' });
    size.unit('quote');
    expect([ticket.sizeUnit, ticket.size]).toEqual(['quote', '50']);
    size.unit('base');
    expect([ticket.sizeUnit, ticket.size]).toEqual(['base', '0.5']);
    const unpriced = sized({ size: '0.5', price: '' });
    unpriced.size.unit('quote');
    expect(unpriced.ticket.size).toBe('0.5');
  });
});

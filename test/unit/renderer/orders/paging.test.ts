// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';
import { effectScope, nextTick, shallowRef } from 'vue';
import type { Result } from '../../../../src-preload/contract/result.ts';
import { collectPage } from '../../../../src-renderer/features/orders/collect-page.ts';
import type { FetchRows } from '../../../../src-renderer/features/orders/collect-page.ts';
import { mergeFills } from '../../../../src-renderer/features/orders/latest-fills.ts';
import { usePaged } from '../../../../src-renderer/features/orders/use-paged.ts';
import type { PagedSource } from '../../../../src-renderer/features/orders/use-paged.ts';
import { NOW, fill } from './builders.ts';

const serve =
  (length: number): FetchRows<number> =>
  (limit, offset) => {
    const rows = Array.from(
      { length: Math.max(0, Math.min(limit, length - offset)) },
      (_, at) => offset + at,
    );
    return Promise.resolve({ ok: true, value: { rows, total: length } });
  };
const failing: FetchRows<number> = () =>
  Promise.resolve({ ok: false, error: { code: 'x', kind: 'storage', message: 'Disk is gone.' } });
const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};

describe('collecting a page', () => {
  it('takes one page without a filter and says where the next begins', async () => {
    const page = valueOf(await collectPage(serve(120), { start: 50, size: 50 }));
    expect([page.rows[0], page.rows.length, page.next, page.total]).toEqual([50, 50, 100, 120]);
  });

  it('ends with the list', async () => {
    const page = valueOf(await collectPage(serve(120), { start: 100, size: 50 }));
    expect([page.rows.length, page.next]).toEqual([20, null]);
  });

  it('searches on until the page is full and continues after the last row it used', async () => {
    const keep = (row: number): boolean => row % 100 === 0;
    const first = valueOf(await collectPage(serve(1800), { start: 0, size: 10, keep }));
    expect(first.rows).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
    expect(first.next).toBe(901);
    const second = valueOf(await collectPage(serve(1800), { start: 901, size: 10, keep }));
    expect(second.rows.at(-1)).toBe(1700);
    expect(second.next).toBeNull();
  });

  it('stops searching after four steps and says that there is more', async () => {
    const fetchRows = vi.fn(serve(100_000));
    const page = valueOf(await collectPage(fetchRows, { start: 0, size: 10, keep: () => false }));
    expect(fetchRows).toHaveBeenCalledTimes(4);
    expect(page).toMatchObject({ rows: [], next: 2000, partial: true });
  });

  it('hands a failure on', async () => {
    expect(await collectPage(failing, { start: 0, size: 10 })).toMatchObject({ ok: false });
  });

  it('does not loop on a list that says it is longer than it is', async () => {
    const lying: FetchRows<number> = () => Promise.resolve({ ok: true, value: { rows: [], total: 900 } });
    const page = valueOf(await collectPage(lying, { start: 0, size: 10, keep: () => true }));
    expect(page.next).toBeNull();
  });
});

describe('paging', () => {
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
    await nextTick();
  };
  const start = (first: PagedSource<number>) => {
    const source = shallowRef(first);
    const scope = effectScope();
    const paged = scope.run(() => usePaged(() => source.value, 10));
    if (paged === undefined) throw new Error('the scope did not run');
    return { source, paged, stop: () => scope.stop() };
  };

  it('goes forth and back over the same rows', async () => {
    const { paged, stop } = start({ fetchRows: serve(25) });
    await settle();
    await paged.next();
    await paged.next();
    expect([paged.rows.value, paged.number.value, paged.hasNext.value]).toEqual([
      [20, 21, 22, 23, 24],
      3,
      false,
    ]);
    await paged.previous();
    expect([paged.from.value, paged.rows.value[0]]).toEqual([11, 10]);
    stop();
  });

  it('drops the answer to an older filter', async () => {
    let release: (() => void) | undefined;
    const slow: FetchRows<number> = () =>
      new Promise((resolve) => {
        release = () => resolve({ ok: true, value: { rows: [-1], total: 1 } });
      });
    const { source, paged, stop } = start({ fetchRows: slow });
    source.value = { fetchRows: serve(3) };
    await settle();
    release?.();
    await settle();
    expect(paged.rows.value).toEqual([0, 1, 2]);
    stop();
  });

  it('keeps the rows that are shown when a reload fails', async () => {
    let fails = false;
    const fetchRows: FetchRows<number> = (limit, offset) => (fails ? failing : serve(5))(limit, offset);
    const { paged, stop } = start({ fetchRows });
    await settle();
    fails = true;
    await paged.reload();
    expect(paged.rows.value).toHaveLength(5);
    expect(paged.error.value?.message).toBe('Disk is gone.');
    stop();
  });
});

describe('latest fills', () => {
  it('holds each fill once, newest first, up to the limit', () => {
    const known = [fill('a', { time: NOW + 2 }), fill('b', { time: NOW + 1 })];
    const merged = mergeFills(known, [fill('a', { time: NOW + 2 }), fill('c', { time: NOW + 3 })], 2);
    expect(merged.map((one) => one.id)).toEqual(['c', 'a']);
  });

  it('tells the same execution id of two venues apart', () => {
    expect(mergeFills([fill('a')], [fill('a', { venue: 'bybit' })], 10)).toHaveLength(2);
  });
});

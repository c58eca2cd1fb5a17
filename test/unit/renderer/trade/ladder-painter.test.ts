// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LadderPainter } from '../../../../src-renderer/features/trade/book/ladder-painter.ts';
import type { LadderRow } from '../../../../src-renderer/features/trade/book/ladder.ts';

const CELLS = ['price', 'own', 'size', 'sum'];

/** What the highlight registry of the browser holds: the lit parts of all text. */
class FakeHighlight extends Set<Range> {}
const highlights = new Map<string, FakeHighlight>();
const lit = (): string[] => [...(highlights.get('changed-digits') ?? [])].map((range) => range.toString());

function rowElement(): HTMLElement {
  const row = document.createElement('div');
  row.setAttribute('data-empty', '');
  for (const name of CELLS) {
    const cell = document.createElement('span');
    cell.dataset['cell'] = name;
    row.append(cell);
  }
  return row;
}

const row = (price: string, size: string, change: Partial<LadderRow> = {}): LadderRow => ({
  price,
  size,
  sum: size,
  depth: 0.5,
  own: null,
  ...change,
});

let rows: HTMLElement[];
let reduced: boolean;
let painter: LadderPainter;
const cell = (index: number, name: string): HTMLElement => {
  const found = rows[index]?.querySelector<HTMLElement>(`[data-cell="${name}"]`);
  if (!found) throw new Error(`no cell ${name}`);
  return found;
};
const size = (index: number): string => cell(index, 'size').textContent;

beforeEach(() => {
  highlights.clear();
  vi.stubGlobal('Highlight', FakeHighlight);
  vi.stubGlobal('CSS', { highlights });
  rows = [rowElement(), rowElement(), rowElement()];
  reduced = false;
  painter = new LadderPainter(rows, { format: (text) => text, flash: () => !reduced });
});

describe('the painted ladder', () => {
  it('fills rows and empties those beyond the data', () => {
    painter.paint([row('100.1', '1.500'), row('100.2', '2.000')], 0);
    expect(cell(0, 'price').textContent).toBe('100.1');
    expect(rows[2]?.hasAttribute('data-empty')).toBe(true);
    painter.paint([row('100.1', '1.500')], 10);
    expect(cell(1, 'price').textContent).toBe('');
    expect(rows[1]?.hasAttribute('data-empty')).toBe(true);
    expect(painter.rowAt(1)).toBeNull();
  });

  it('lights only the digits that changed, and for 200 ms', () => {
    painter.paint([row('100.1', '1.500')], 0);
    painter.paint([row('100.1', '1.523')], 100);
    expect(size(0)).toBe('1.523');
    expect(lit()).toEqual(['23']);
    painter.settle(299);
    expect(lit()).toEqual(['23']);
    painter.settle(300);
    expect(lit()).toEqual([]);
  });

  it('compares a size with its own price, not with the row it moved into', () => {
    painter.paint([row('100.1', '1.500'), row('100.2', '2.000')], 0);
    painter.paint([row('100.2', '2.000'), row('100.3', '9.000')], 10);
    expect(size(0)).toBe('2.000');
    expect(lit()).toEqual([]);
    painter.paint([row('100.3', '9.100')], 20);
    expect(lit()).toEqual(['100']);
  });

  it('does not flash for people who asked for less motion', () => {
    reduced = true;
    painter.paint([row('100.1', '1.500')], 0);
    painter.paint([row('100.1', '1.600')], 10);
    expect(size(0)).toBe('1.600');
    expect(lit()).toEqual([]);
  });

  it('keeps a figure in its place when it grows by a digit', () => {
    painter.paint([row('100.1', '10.500')], 0);
    painter.paint([row('100.1', '9.500')], 10);
    expect(size(0)).toBe('\u20079.500');
  });

  it('takes its flashes away with it', () => {
    painter.paint([row('100.1', '1.500')], 0);
    painter.paint([row('100.1', '1.523')], 10);
    painter.dispose();
    expect(lit()).toEqual([]);
  });

  it('writes only what differs, so that a tick lays nothing out', () => {
    painter.paint([row('100.1', '1.500')], 0);
    const written: MutationRecord[] = [];
    const observer = new MutationObserver((records) => written.push(...records));
    observer.observe(rows[0] as HTMLElement, {
      subtree: true,
      characterData: true,
      childList: true,
      attributes: true,
    });
    painter.paint([row('100.1', '1.500')], 10);
    expect(observer.takeRecords()).toEqual([]);
    painter.paint([row('100.1', '1.500', { sum: '9.000' })], 20);
    written.push(...observer.takeRecords());
    expect(written.map((record) => record.type)).toEqual(['characterData']);
    observer.disconnect();
  });

  it('marks our own orders and unmarks them', () => {
    painter.paint([row('100.1', '1.500', { own: '0.015' })], 0);
    expect(rows[0]?.hasAttribute('data-own')).toBe(true);
    expect(cell(0, 'own').textContent).toBe('0.015');
    painter.paint([row('100.1', '1.500')], 10);
    expect(rows[0]?.hasAttribute('data-own')).toBe(false);
  });
});

import { firstChange } from './changed-digits.ts';
import { digitFlash, type DigitFlash } from './digit-flash.ts';
import { FigurePad } from './figure-pad.ts';
import type { LadderRow } from './ladder.ts';

/** The cells of one row, found once; painting writes into them and never creates or measures anything. */
interface Cells {
  readonly row: HTMLElement;
  readonly price: Text;
  readonly own: Text;
  readonly size: Text;
  readonly sum: Text;
  readonly flash: DigitFlash;
  shown: LadderRow | null;
  /** Until when the changed digits are lit; 0 = they are not. */
  litUntil: number;
}

const FLASH_MS = 200;

export interface PainterOptions {
  /** How a figure is written: grouped by the language. */
  readonly format: (text: string) => string;
  /** False under prefers-reduced-motion. */
  readonly flash: () => boolean;
}

function textIn(row: Element, name: string): Text {
  const host = row.querySelector(`[data-cell="${name}"]`);
  if (host === null) throw new Error(`A ladder row lacks its cell ${name}.`);
  const text = document.createTextNode('');
  host.replaceChildren(text);
  return text;
}

function cellsOf(row: HTMLElement): Cells {
  const size = textIn(row, 'size');
  return {
    row,
    size,
    price: textIn(row, 'price'),
    own: textIn(row, 'own'),
    sum: textIn(row, 'sum'),
    flash: digitFlash(size),
    shown: null,
    litUntil: 0,
  };
}

const write = (node: Text, text: string): void => {
  if (node.data !== text) node.data = text;
};

/**
 * Paints one side of the ladder into rows that exist already. At thirty books a second a framework's diff of
 * six hundred cells costs more than the frame has; here only what differs is touched, and only text and the
 * size of a background: no element is made, moved or given a layer of its own.
 */
export class LadderPainter {
  readonly #cells: readonly Cells[];
  readonly #options: PainterOptions;
  readonly #sizePad = new FigurePad();
  readonly #sumPad = new FigurePad();
  #sizes = new Map<string, string>();

  constructor(rows: readonly HTMLElement[], options: PainterOptions) {
    this.#cells = rows.map(cellsOf);
    this.#options = options;
  }

  /** Shows `rows` (best first). `now` in ms; rows beyond the data become empty. */
  paint(rows: readonly LadderRow[], now: number): void {
    const sizes = new Map<string, string>();
    this.#cells.forEach((cells, index) => {
      const row = rows[index] ?? null;
      if (row !== null) sizes.set(row.price, row.size);
      this.#paintRow(cells, row, now);
    });
    this.#sizes = sizes;
  }

  #paintRow(cells: Cells, row: LadderRow | null, now: number): void {
    const before = cells.shown;
    if (row === null) {
      if (before !== null) this.#blank(cells);
      return;
    }
    const { format } = this.#options;
    if (before === null) cells.row.removeAttribute('data-empty');
    if (before?.price !== row.price) write(cells.price, format(row.price));
    if (before?.sum !== row.sum) write(cells.sum, this.#sumPad.pad(format(row.sum)));
    if (before?.own !== row.own) this.#paintOwn(cells, row.own);
    if (before?.depth !== row.depth) cells.row.style.backgroundSize = `${row.depth * 100}% 100%`;
    if (before?.size !== row.size || before.price !== row.price) this.#paintSize(cells, row, now);
    else if (cells.litUntil !== 0 && now >= cells.litUntil) this.#unlit(cells);
    cells.shown = row;
  }

  #paintOwn(cells: Cells, own: string | null): void {
    write(cells.own, own === null ? '' : this.#options.format(own));
    cells.row.toggleAttribute('data-own', own !== null);
  }

  /** A size is compared with the same price's size before, wherever in the ladder that stood. */
  #paintSize(cells: Cells, row: LadderRow, now: number): void {
    const { format, flash } = this.#options;
    const text = this.#sizePad.pad(format(row.size));
    const known = this.#sizes.get(row.price);
    const from = known === undefined || !flash() ? -1 : firstChange(this.#sizePad.pad(format(known)), text);
    write(cells.size, text);
    if (from === -1) return this.#unlit(cells);
    cells.flash.light(from);
    cells.litUntil = now + FLASH_MS;
  }

  /** Ends flashes whose time is over; for a market that went quiet. */
  settle(now: number): void {
    for (const cells of this.#cells) {
      if (cells.litUntil !== 0 && now >= cells.litUntil) this.#unlit(cells);
    }
  }

  #unlit(cells: Cells): void {
    cells.litUntil = 0;
    cells.flash.clear();
  }

  #blank(cells: Cells): void {
    for (const node of [cells.price, cells.own, cells.size, cells.sum]) write(node, '');
    cells.row.style.backgroundSize = '0 100%';
    cells.row.toggleAttribute('data-own', false);
    cells.row.setAttribute('data-empty', '');
    this.#unlit(cells);
    cells.shown = null;
  }

  /** Takes the flashes away with the rows. */
  dispose(): void {
    for (const cells of this.#cells) this.#unlit(cells);
  }

  /** What row `index` shows, for clicks and keys. */
  rowAt(index: number): LadderRow | null {
    return this.#cells[index]?.shown ?? null;
  }
}

/** As wide as a digit in tabular figures, and invisible. */
const FIGURE_SPACE = '\u2007';

/**
 * Pads figures of one column to the widest seen so far, so that a right-aligned text keeps its place when its
 * length changes: 9.9 and 10.1 then begin at the same pixel.
 */
export class FigurePad {
  #width = 0;

  pad(text: string): string {
    if (text.length > this.#width) this.#width = text.length;
    return text.padStart(this.#width, FIGURE_SPACE);
  }
}

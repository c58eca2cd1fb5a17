/**
 * Lights parts of text without touching the page's elements: the CSS Custom Highlight API paints over a range
 * of a text node. Splitting the figure into spans instead would move its digits for the layout engine thirty
 * times a second.
 */
const NAME = 'changed-digits';

function highlight(): Highlight | null {
  // Not in every test environment; without it nothing flashes and everything else works.
  if (typeof CSS === 'undefined' || !('highlights' in CSS)) return null;
  const known = CSS.highlights.get(NAME);
  if (known !== undefined) return known;
  const made = new Highlight();
  CSS.highlights.set(NAME, made);
  return made;
}

export interface DigitFlash {
  /** Lights `node` from character `from` to its end. */
  readonly light: (from: number) => void;
  readonly clear: () => void;
}

/** The flash of one text node. */
export function digitFlash(node: Text): DigitFlash {
  let range: Range | null = null;
  const clear = (): void => {
    if (range !== null) highlight()?.delete(range);
    range = null;
  };
  return {
    clear,
    light: (from) => {
      clear();
      const lit = highlight();
      if (lit === null || from >= node.length) return;
      range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, node.length);
      lit.add(range);
    },
  };
}

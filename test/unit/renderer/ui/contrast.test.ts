/** WCAG contrast of every pair of tokens that the window uses, computed from tokens.css itself. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../../../src-renderer/ui/tokens.css', import.meta.url), 'utf8');

type Tokens = ReadonlyMap<string, string>;

/** The custom properties of all blocks whose selector holds these attributes and no other theme or palette. */
function tokensOf(theme: string, palette: string): Tokens {
  const tokens = new Map<string, string>();
  for (const [, selector = '', body = ''] of css.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    const themes = /data-theme='(\w+)'/.exec(selector)?.[1] ?? theme;
    const palettes = /data-palette='(\w+)'/.exec(selector)?.[1] ?? palette;
    if (!selector.includes(':root') || themes !== theme || palettes !== palette) continue;
    for (const [, name = '', value = ''] of body.matchAll(/--([\w-]+):\s*([^;]+);/g))
      tokens.set(name, value.trim());
  }
  return tokens;
}

type Rgb = readonly [number, number, number];

function colour(tokens: Tokens, name: string): Rgb {
  const value = tokens.get(name) ?? name;
  const hex = /^#([0-9a-f]{6})$/i.exec(value)?.[1];
  if (hex !== undefined) {
    return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
  }
  const mix = /^color-mix\(in srgb, var\(--([\w-]+)\) (\d+)%, var\(--([\w-]+)\)\)$/.exec(value);
  if (mix !== null) {
    const [first, second] = [colour(tokens, mix[1]!), colour(tokens, mix[3]!)];
    const share = Number(mix[2]) / 100;
    return first.map((part, index) => part * share + second[index]! * (1 - share)) as unknown as Rgb;
  }
  const reference = /^var\(--([\w-]+)\)$/.exec(value)?.[1];
  if (reference === undefined) throw new Error(`--${name} is no colour that this test can read: ${value}`);
  return colour(tokens, reference);
}

const luminance = (rgb: Rgb): number => {
  const [r, g, b] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ['bg-0', 'bg-1', 'bg-2', 'bg-3'];
const TEXTS = ['text-1', 'text-2', 'text-3', 'accent', 'buy', 'sell', 'warn', 'danger'];
/** Hints stand on panels and inputs only (ui.md section 2). */
const textPairs = TEXTS.flatMap((text) =>
  GROUNDS.filter((ground) => !(text === 'text-3' && ground === 'bg-3')).map(
    (ground) => [text, ground] as const,
  ),
);
const tintPairs = ['buy', 'sell', 'warn', 'accent', 'danger'].flatMap((tone) => [
  [tone, `${tone}-tint`] as const,
  ['text-1', `${tone}-tint`] as const,
  ['text-2', `${tone}-tint`] as const,
]);
const filledPairs = [
  ['on-accent', 'accent'],
  ['on-side', 'buy'],
  ['on-side', 'sell'],
] as const;

describe.each([
  ['dark', 'greenRed'],
  ['dark', 'blueOrange'],
  ['light', 'greenRed'],
  ['light', 'blueOrange'],
])('tokens of the %s theme with %s', (theme, palette) => {
  const tokens = tokensOf(theme, palette);

  it.each([...textPairs, ...tintPairs, ...filledPairs])(
    '%s on %s reads at 4.5 : 1 or better',
    (text, ground) => {
      expect(contrast(colour(tokens, text), colour(tokens, ground))).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each(['bg-0', 'bg-1', 'bg-2'])(
    'the edge of a control stands out from %s at 3 : 1 or better',
    (ground) => {
      expect(contrast(colour(tokens, 'line-strong'), colour(tokens, ground))).toBeGreaterThanOrEqual(3);
    },
  );
});

describe('palettes', () => {
  it.each(['dark', 'light'])('blue and orange differ from green and red in the %s theme', (theme) => {
    const [one, other] = [tokensOf(theme, 'greenRed'), tokensOf(theme, 'blueOrange')];
    expect([other.get('buy'), other.get('sell')]).not.toEqual([one.get('buy'), one.get('sell')]);
    expect(colour(other, 'danger')).toEqual(colour(one, 'danger'));
  });
});

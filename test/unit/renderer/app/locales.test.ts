/** English is the source: German has to have the same texts, with the same values in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXCHANGE_ERROR_KINDS, HOUSE_ERROR_KINDS } from '../../../../src-preload/contract/result.ts';

type Tree = { readonly [key: string]: string | Tree };
const folder = new URL('../../../../src-renderer/locales/', import.meta.url);
const read = (language: string, file: string): Tree =>
  JSON.parse(readFileSync(new URL(`${language}/${file}`, folder), 'utf8')) as Tree;

const flat = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${path}${key}`, value] as [string, string]]
      : flat(value, `${path}${key}.`),
  );
const valuesIn = (text: string): string[] => [...new Set(text.match(/\{[a-zA-Z]+\}/g) ?? [])].sort();

const files = readdirSync(new URL('en/', folder));

describe.each(files)('%s', (file) => {
  const english = new Map(flat(read('en', file)));

  it('holds one key at the top: its own name', () => {
    expect(Object.keys(read('en', file))).toEqual([file.replace('.json', '')]);
  });

  it('has the same texts in German', () => {
    expect(
      flat(read('de', file))
        .map(([key]) => key)
        .sort(),
    ).toEqual([...english.keys()].sort());
  });

  it('has the same values in the German texts', () => {
    for (const [key, text] of flat(read('de', file))) {
      expect([key, valuesIn(text)]).toEqual([key, valuesIn(english.get(key) ?? '')]);
    }
  });

  it('has as many plural forms in German', () => {
    for (const [key, text] of flat(read('de', file))) {
      expect([key, text.split(' | ').length]).toEqual([key, (english.get(key) ?? '').split(' | ').length]);
    }
  });
});

describe('error texts', () => {
  const english = new Map(flat(read('en', 'errors.json')));

  it.each([...EXCHANGE_ERROR_KINDS, ...HOUSE_ERROR_KINDS])('say what kind %s means', (kind) => {
    expect(english.get(`errors.kind.${kind}.title`)).toBeTruthy();
  });
});

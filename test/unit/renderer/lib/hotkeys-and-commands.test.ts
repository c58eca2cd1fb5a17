// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { effectScope, nextTick, ref, type EffectScope } from 'vue';
import { allCommands, registerCommands } from '../../../../src-renderer/lib/commands.ts';
import { dropDraft, useDraft } from '../../../../src-renderer/lib/use-draft.ts';
import { useHotkeys } from '../../../../src-renderer/lib/use-hotkeys.ts';

let scope: EffectScope | null = null;
const inScope = (run: () => void): void => {
  scope = effectScope();
  scope.run(run);
};
afterEach(() => {
  scope?.stop();
  document.body.replaceChildren();
});

const press = (
  key: string,
  target: EventTarget = document.body,
  more: KeyboardEventInit = {},
): KeyboardEvent => {
  const event = new KeyboardEvent('keydown', {
    key,
    code: `Key${key.toUpperCase()}`,
    bubbles: true,
    cancelable: true,
    ...more,
  });
  target.dispatchEvent(event);
  return event;
};
const added = (html: string): Element => {
  document.body.innerHTML = html;
  return document.body.firstElementChild!;
};

describe('useHotkeys', () => {
  it('runs on its key and keeps the key from anything else', () => {
    let ran = 0;
    inScope(() => useHotkeys({ b: () => (ran += 1) }));
    expect(press('b').defaultPrevented).toBe(true);
    expect(ran).toBe(1);
  });

  it.each(['<input>', '<textarea></textarea>', '<select></select>'])(
    'leaves keys typed into %s alone',
    (html) => {
      let ran = 0;
      inScope(() => useHotkeys({ b: () => (ran += 1) }));
      press('b', added(html));
      expect(ran).toBe(0);
    },
  );

  it('still runs from a checkbox, which takes no letters', () => {
    let ran = 0;
    inScope(() => useHotkeys({ b: () => (ran += 1) }));
    press('b', added('<input type="checkbox">'));
    expect(ran).toBe(1);
  });

  it('leaves keys inside a dialog to the dialog, unless told always', () => {
    let quiet = 0;
    let always = 0;
    inScope(() => {
      useHotkeys({ b: () => (quiet += 1) });
      useHotkeys({ 'Control+k': () => (always += 1) }, { always: true });
    });
    const button = added('<div role="dialog"><button></button></div>').querySelector('button')!;
    press('b', button);
    press('k', button, { ctrlKey: true });
    expect([quiet, always]).toEqual([0, 1]);
  });

  it('ignores the repeats of a key that is held down', () => {
    let ran = 0;
    inScope(() => useHotkeys({ x: () => (ran += 1) }));
    press('x');
    press('x', document.body, { repeat: true });
    expect(ran).toBe(1);
  });

  it('is gone with its scope', () => {
    let ran = 0;
    inScope(() => useHotkeys({ b: () => (ran += 1) }));
    scope?.stop();
    press('b');
    expect(ran).toBe(0);
  });
});

describe('registerCommands', () => {
  const command = (id: string, title = id) => ({ id, title, group: 'test', run: () => undefined });

  it('offers commands while their owner lives', () => {
    inScope(() => registerCommands([command('one')]));
    expect(allCommands().map(({ id }) => id)).toContain('one');
    scope?.stop();
    expect(allCommands().map(({ id }) => id)).not.toContain('one');
  });

  it('follows a getter, so that titles change with the language', async () => {
    const title = ref('Lock');
    inScope(() => registerCommands(() => [command('lock', title.value)]));
    title.value = 'Sperren';
    await nextTick();
    expect(allCommands().find(({ id }) => id === 'lock')?.title).toBe('Sperren');
  });

  it('does not withdraw a namesake that replaced it', () => {
    const first = effectScope();
    first.run(() => registerCommands([command('same', 'first')]));
    inScope(() => registerCommands([command('same', 'second')]));
    first.stop();
    expect(allCommands().find(({ id }) => id === 'same')?.title).toBe('second');
  });
});

describe('useDraft', () => {
  it('gives what was typed back to the next view that asks', () => {
    useDraft('order', () => ({ price: '' })).price = '60120.5';
    expect(useDraft('order', () => ({ price: '' })).price).toBe('60120.5');
    dropDraft('order');
    expect(useDraft('order', () => ({ price: '' })).price).toBe('');
  });
});

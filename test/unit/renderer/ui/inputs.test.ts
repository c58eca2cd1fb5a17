// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import { TooltipProvider } from 'reka-ui';
import { afterEach, describe, expect, it } from 'vitest';
import { defineComponent, h, ref } from 'vue';
import { makeI18n } from '../../../../src-renderer/app/i18n.ts';
import { formatLanguage } from '../../../../src-renderer/lib/locale.ts';
import UiButton from '../../../../src-renderer/ui/UiButton.vue';
import UiCombobox from '../../../../src-renderer/ui/UiCombobox.vue';
import UiDecimalInput from '../../../../src-renderer/ui/UiDecimalInput.vue';
import UiPassphrase from '../../../../src-renderer/ui/UiPassphrase.vue';
import { filterOptions } from '../../../../src-renderer/ui/filter-options.ts';
import { settle, textOf } from '../lib/bridge.ts';

const global = () => ({ plugins: [createPinia(), makeI18n()] });
afterEach(() => {
  formatLanguage.value = 'en';
  document.body.replaceChildren();
});

/** A decimal field with its model, as a form holds it. */
function decimalField(start: string, props: Record<string, string> = {}) {
  const model = ref(start);
  const invalid: boolean[] = [];
  const wrapper = mount(
    defineComponent({
      setup: () => () =>
        h(UiDecimalInput, {
          ...props,
          modelValue: model.value,
          'onUpdate:modelValue': (next: string) => (model.value = next),
          onInvalid: (now: boolean) => invalid.push(now),
        }),
    }),
    { global: global() },
  );
  return { model, invalid, input: wrapper.get('input') };
}

describe('UiDecimalInput', () => {
  it('hands out canonical text and leaves what is typed as it is typed', async () => {
    const { model, input } = decimalField('');
    await input.setValue('60 120.50');
    expect(model.value).toBe('60120.50');
    expect(input.element.value).toBe('60 120.50');
  });

  it('does not rewrite a number on its way to another one', async () => {
    const { input } = decimalField('1');
    await input.setValue('1.');
    expect(input.element.value).toBe('1.');
  });

  it('keeps the last good value and says so while the text is no number', async () => {
    const { model, invalid, input } = decimalField('5');
    await input.setValue('5e3');
    expect([model.value, input.element.value, invalid]).toEqual(['5', '5e3', [true]]);
    expect(input.attributes('aria-invalid')).toBe('true');
    await input.setValue('53');
    expect([model.value, invalid]).toEqual(['53', [true, false]]);
  });

  it('steps by the arrow keys on the grid, ten steps with Shift, and stays in its limits', async () => {
    const { model, input } = decimalField('60120.3', { step: '0.5', max: '60122' });
    await input.trigger('keydown', { key: 'ArrowUp' });
    expect(model.value).toBe('60120.5');
    await input.trigger('keydown', { key: 'ArrowUp', shiftKey: true });
    expect(model.value).toBe('60122');
    await input.trigger('keydown', { key: 'ArrowDown' });
    expect(model.value).toBe('60121.5');
  });

  it('never steps below zero', async () => {
    const { model, input } = decimalField('0.2', { step: '0.5' });
    await input.trigger('keydown', { key: 'ArrowDown' });
    expect(model.value).toBe('0');
  });

  it('is written with the decimal sign of the language', () => {
    formatLanguage.value = 'de';
    expect(decimalField('0.0150').input.element.value).toBe('0,0150');
  });
});

function passphraseField(props: Record<string, unknown> = {}) {
  const field = ref<InstanceType<typeof UiPassphrase> | null>(null);
  const states: { length: number }[] = [];
  const wrapper = mount(
    defineComponent({
      setup: () => () =>
        h(TooltipProvider, null, {
          default: () =>
            h(UiPassphrase, {
              ref: field,
              ...props,
              onChange: (state: { length: number }) => states.push(state),
            }),
        }),
    }),
    { global: global(), attachTo: document.body },
  );
  return { field, states, wrapper };
}

describe('UiPassphrase', () => {
  it('hands its text out once, as bytes, and is empty afterwards', async () => {
    const { field, wrapper } = passphraseField();
    await wrapper.get('input').setValue('test passphrase ä');
    expect(textOf(field.value?.take())).toBe('test passphrase ä');
    expect(wrapper.get('input').element.value).toBe('');
    expect(field.value?.take()).toBeNull();
  });

  it('reports lengths and never the text', async () => {
    const { states, wrapper } = passphraseField();
    await wrapper.get('input').setValue('test passphrase');
    expect(JSON.stringify(states)).not.toContain('test passphrase');
    expect(states.at(-1)?.length).toBe(15);
  });

  it('hides again after it was taken while shown', async () => {
    const { field, wrapper } = passphraseField();
    await wrapper.get('button').trigger('click');
    expect(wrapper.get('input').attributes('type')).toBe('text');
    field.value?.take();
    await settle();
    expect(wrapper.get('input').attributes('type')).toBe('password');
  });

  it('keeps the lines of a private key', async () => {
    const { field, wrapper } = passphraseField({ multiline: true });
    await wrapper.get('textarea').setValue('line one\nline two');
    expect(textOf(field.value?.take())).toBe('line one\nline two');
  });
});

describe('UiButton', () => {
  it('passes no second click on while it is busy', async () => {
    let clicks = 0;
    const wrapper = mount(UiButton, {
      props: { busy: true },
      attrs: { onClick: () => (clicks += 1) },
      global: global(),
    });
    await wrapper.trigger('click');
    await wrapper.setProps({ busy: false });
    await wrapper.trigger('click');
    expect(clicks).toBe(1);
  });
});

describe('UiCombobox', () => {
  const options = ['BTC/USDT', 'ETH/USDT', 'ETH/BTC'].map((value) => ({ value, label: value }));

  function combobox() {
    const model = ref('BTC/USDT');
    const wrapper = mount(
      defineComponent({
        setup: () => () =>
          h(UiCombobox<string>, {
            options,
            label: 'Market',
            modelValue: model.value,
            'onUpdate:modelValue': (next: string) => (model.value = next),
          }),
      }),
      { global: global(), attachTo: document.body },
    );
    // happy-dom has no top layer.
    const list = wrapper.get('[role=listbox]').element as HTMLElement;
    list.showPopover ??= () => undefined;
    list.hidePopover ??= () => undefined;
    return { model, wrapper, input: wrapper.get('input') };
  }

  it('filters by typing and chooses by Enter', async () => {
    const { model, wrapper, input } = combobox();
    await input.setValue('eth');
    await settle();
    expect(wrapper.findAll('[role=option]').map((option) => option.text())).toEqual(['ETH/USDT', 'ETH/BTC']);
    await input.trigger('keydown', { key: 'ArrowDown' });
    await input.trigger('keydown', { key: 'Enter' });
    expect(model.value).toBe('ETH/BTC');
    expect(input.attributes('aria-expanded')).toBe('false');
  });

  it('leaves the choice alone on Esc, and keeps the key from the dialog around it', async () => {
    const { model, input } = combobox();
    await input.setValue('eth');
    let reached = false;
    document.body.addEventListener('keydown', () => (reached = true), { once: true });
    await input.trigger('keydown', { key: 'Escape' });
    expect([model.value, input.element.value, reached]).toEqual(['BTC/USDT', 'BTC/USDT', false]);
  });
});

describe('filterOptions', () => {
  const labels = (query: string): string[] =>
    filterOptions(
      ['BTC/USDT', 'WBTC/USDT', 'ETH/BTC', 'DOGE/USDT'].map((label) => ({ label })),
      query,
    ).map(({ label }) => label);

  it('puts the start of the name before the start of a word before the middle', () => {
    expect(labels('btc')).toEqual(['BTC/USDT', 'ETH/BTC', 'WBTC/USDT']);
  });

  it('finds letters in order', () => {
    expect(labels('dgt')).toEqual(['DOGE/USDT']);
  });

  it('finds nothing for what is not there', () => {
    expect(labels('xyz')).toEqual([]);
  });
});

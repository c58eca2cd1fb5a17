import { mount } from '@vue/test-utils';
import type { VueWrapper } from '@vue/test-utils';
import { TooltipProvider } from 'reka-ui';
import { createPinia, setActivePinia } from 'pinia';
import { h, nextTick } from 'vue';
import type { Component } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';
import { makeI18n } from '../../../../src-renderer/app/i18n.ts';
import { nextMillisecond } from '../lib/next-millisecond.ts';
import { settle } from './fake-api.ts';

const nowhere: Component = { render: () => h('div') };

export interface Mounted {
  readonly wrapper: VueWrapper;
  readonly router: ReturnType<typeof createRouter>;
  /** Lets calls, watchers and the page settle. */
  readonly settled: () => Promise<void>;
  readonly text: () => string;
}

/** Mounts a component as in the frame: stores, texts, router, tooltips. Put the fake bridge in place first. */
export function mountView(
  component: Component,
  props: Record<string, unknown> = {},
  language: 'en' | 'de' = 'en',
): Mounted {
  const pinia = createPinia();
  setActivePinia(pinia);
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', component: nowhere },
      { path: '/trade/:venue?/:symbol?', name: 'trade', component: nowhere },
      { path: '/alerts', name: 'alerts', component: nowhere },
      { path: '/accounts', name: 'accounts', component: nowhere },
      { path: '/settings/:section?', name: 'settings', component: nowhere },
    ],
  });
  const root: Component = { render: () => h(TooltipProvider, null, () => h(component, props)) };
  const wrapper = mount(root, {
    attachTo: document.body,
    global: { plugins: [pinia, makeI18n(language), router] },
  });
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 6; turn += 1) {
      await settle();
      await nextTick();
    }
    await nextMillisecond();
  };
  return { wrapper, router, settled, text: () => document.body.textContent.replace(/\s+/g, ' ') };
}

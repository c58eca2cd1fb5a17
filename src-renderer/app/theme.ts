import { watchEffect } from 'vue';
import { useMediaQuery } from '@vueuse/core';
import { useSettingsStore } from '../lib/use-settings-store.ts';

/** Theme, palette and density of the settings as attributes of the root, which the tokens hang on. */
export function followTheme(): void {
  const store = useSettingsStore();
  const systemIsDark = useMediaQuery('(prefers-color-scheme: dark)');
  watchEffect(() => {
    const { theme, palette, density } = store.settings;
    const system = systemIsDark.value ? 'dark' : 'light';
    Object.assign(document.documentElement.dataset, {
      theme: theme === 'system' ? system : theme,
      palette,
      density,
    });
  });
}

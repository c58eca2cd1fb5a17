import '../ui/base.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { useSessionStore } from '../lib/use-session-store.ts';
import { useSettingsStore } from '../lib/use-settings-store.ts';
import App from './App.vue';
import { followLanguage, makeI18n } from './i18n.ts';
import { makeRouter } from './router.ts';
import { followTheme } from './theme.ts';

const app = createApp(App);
const i18n = makeI18n();
app.use(createPinia()).use(i18n).use(makeRouter());

// Before the first paint, so that nobody sees the wrong theme or language flash by.
await Promise.all([useSettingsStore().load(), useSessionStore().load()]);
app.runWithContext(() => {
  followTheme();
  followLanguage(i18n);
});
app.mount('#app');

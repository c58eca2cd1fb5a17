import { watch } from 'vue';
import { createI18n } from 'vue-i18n';
import { formatLanguage, LANGUAGES, type Language } from '../lib/locale.ts';
import { useSettingsStore } from '../lib/use-settings-store.ts';

type Messages = { [key: string]: string | Messages };

// One file per domain and language; each holds a single top-level key, the domain's name.
const files = import.meta.glob<Messages>('../locales/*/*.json', { eager: true, import: 'default' });

export function messagesOf(language: Language): Messages {
  const own = Object.entries(files).filter(([path]) => path.startsWith(`../locales/${language}/`));
  return Object.assign({}, ...own.map(([, messages]) => messages)) as Messages;
}

/** English is the source and the fallback: a missing German text shows in English, never as a key. */
export function makeI18n(language: Language = 'en') {
  return createI18n({
    legacy: false,
    locale: language,
    fallbackLocale: 'en',
    messages: Object.fromEntries(LANGUAGES.map((name) => [name, messagesOf(name)])),
  });
}

/** Language, number format and the document's `lang` follow the settings. */
export function followLanguage(i18n: ReturnType<typeof makeI18n>): void {
  const store = useSettingsStore();
  watch(
    () => store.settings.language,
    (language) => {
      i18n.global.locale.value = language;
      formatLanguage.value = language;
      document.documentElement.lang = language;
    },
    { immediate: true },
  );
}

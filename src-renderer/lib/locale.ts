import { shallowRef } from 'vue';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language that numbers and times are written in. Reactive: figures follow a change at once. */
export const formatLanguage = shallowRef<Language>('en');

/** Thin, non-breaking: groups digits without looking like a decimal sign in any language. */
export const GROUP_SPACE = '\u202f';

export function decimalSign(): string {
  return formatLanguage.value === 'de' ? ',' : '.';
}

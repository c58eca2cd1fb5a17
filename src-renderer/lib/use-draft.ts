import { reactive } from 'vue';

/*
 * What a person has typed outlives the view it was typed into: lock, navigation and reconnect unmount views.
 * It lives in this process's memory only and is never written anywhere. Secrets must not be put here.
 */
const drafts = new Map<string, object>();

/** The draft under this key, made from `initial` the first time. Reactive; the same object for every caller. */
export function useDraft<T extends object>(key: string, initial: () => T): T {
  const known = drafts.get(key);
  if (known !== undefined) return known as T;
  const draft = reactive(initial()) as T;
  drafts.set(key, draft);
  return draft;
}

/** Forgets a draft, after it was sent or thrown away. */
export function dropDraft(key: string): void {
  drafts.delete(key);
}

/** Forgets every draft: the vault was deleted, and with it whatever was meant for it. */
export function dropAllDrafts(): void {
  drafts.clear();
}

import { onScopeDispose } from 'vue';
import { createKeybindingsHandler } from 'tinykeys';

type Handler = (event: KeyboardEvent) => void;

const TYPING = 'input, textarea, select, [contenteditable="true"]';

/** True while keys belong to a field or to an open dialog and not to the view beneath. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof Element)) return false;
  if (target.closest('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null) return true;
  return target.closest(TYPING) !== null && !isToggle(target);
}

// A checkbox or a radio takes no letters: keys typed on it are meant for the view.
const isToggle = (target: Element): boolean =>
  target instanceof HTMLInputElement && (target.type === 'checkbox' || target.type === 'radio');

export interface HotkeyOptions {
  /** Also while typing; for chords such as Ctrl+K that write nothing. */
  readonly always?: boolean;
}

/**
 * Binds keys (tinykeys syntax: "b", "Shift+X", "$mod+k") for as long as the calling component lives. Keys typed
 * into a field or a dialog are left alone unless `always`.
 */
export function useHotkeys(bindings: Readonly<Record<string, Handler>>, options: HotkeyOptions = {}): void {
  const guarded = Object.fromEntries(
    Object.entries(bindings).map(([keys, handler]) => [
      keys,
      (event: KeyboardEvent) => {
        if (event.defaultPrevented || (options.always !== true && isTyping(event))) return;
        event.preventDefault();
        handler(event);
      },
    ]),
  );
  const listener = createKeybindingsHandler(guarded, {
    // A key that is held down repeats: one press is one action.
    ignore: (event) => event.repeat || event.isComposing,
  });
  window.addEventListener('keydown', listener);
  onScopeDispose(() => window.removeEventListener('keydown', listener));
}

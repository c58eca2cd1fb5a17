import { EventEmitter } from 'node:events';
import type { NativeTheme } from 'electron';

type Surface = Pick<
  NativeTheme,
  | 'themeSource'
  | 'shouldUseDarkColors'
  | 'shouldUseHighContrastColors'
  | 'shouldUseInvertedColorScheme'
  | 'prefersReducedTransparency'
  | 'inForcedColorsMode'
>;

/** The system's scheme is light unless a test says otherwise; `themeSource` overrides it. */
export class StandInNativeTheme extends EventEmitter implements Surface {
  readonly shouldUseHighContrastColors = false;
  readonly shouldUseInvertedColorScheme = false;
  readonly prefersReducedTransparency = false;
  readonly inForcedColorsMode = false;
  #source: NativeTheme['themeSource'] = 'system';
  #systemDark = process.env['HOLDFAST_STANDIN_COLOR_SCHEME'] === 'dark';

  get themeSource(): NativeTheme['themeSource'] {
    return this.#source;
  }

  set themeSource(source: NativeTheme['themeSource']) {
    if (!['system', 'light', 'dark'].includes(source)) throw new TypeError(`Unknown themeSource ${source}`);
    this.#change(() => (this.#source = source));
  }

  get shouldUseDarkColors(): boolean {
    return this.#source === 'system' ? this.#systemDark : this.#source === 'dark';
  }

  /** What pages see as `prefers-color-scheme`. */
  get colorScheme(): 'light' | 'dark' {
    return this.shouldUseDarkColors ? 'dark' : 'light';
  }

  simulateSystem(scheme: 'light' | 'dark'): void {
    this.#change(() => (this.#systemDark = scheme === 'dark'));
  }

  #change(apply: () => void): void {
    const before = this.shouldUseDarkColors;
    apply();
    if (before !== this.shouldUseDarkColors) this.emit('updated');
    // Pages get it again even when nothing changed: a test's driver may have set its own scheme meanwhile.
    this.emit('-page-scheme');
  }
}

export const nativeTheme = new StandInNativeTheme();

import type { Clipboard, ClipboardItem } from 'electron';

/** How long a copied address or id stays, unless the person copies something else first. */
export const CLEAR_AFTER_MS = 30_000;

export interface ClipboardParts {
  readonly clipboard: Pick<Clipboard, 'write' | 'writeText' | 'readText' | 'clear'>;
  readonly createItem: (formats: Record<string, string | Blob>) => ClipboardItem;
  readonly platform: NodeJS.Platform;
  /** Calls `run` once after `ms`; the returned function cancels. */
  readonly after?: (ms: number, run: () => void) => () => void;
}

const osFormat = (name: string): string => `electron application/osclipboard;format="${name}"`;
const DWORD_ZERO = (): Blob => new Blob([new Uint8Array(4)]);

/**
 * The formats that ask clipboard managers, histories and cloud clipboards to look away, by system: the names
 * that password managers use. Nothing obliges a program to honour them.
 */
export function exclusionFormats(platform: NodeJS.Platform): Record<string, string | Blob> {
  if (platform === 'win32') {
    return {
      [osFormat('ExcludeClipboardContentFromMonitorProcessing')]: DWORD_ZERO(),
      [osFormat('CanIncludeInClipboardHistory')]: DWORD_ZERO(),
      [osFormat('CanUploadToCloudClipboard')]: DWORD_ZERO(),
    };
  }
  if (platform === 'darwin') return { [osFormat('org.nspasteboard.ConcealedType')]: new Blob([]) };
  return { [osFormat('x-kde-passwordManagerHint')]: new Blob(['secret']) };
}

/**
 * Puts sensitive text on the clipboard for a short while. It is taken away again after a time, on lock and on
 * quit, but only while it is still ours: what the person copied since is never touched.
 */
export class SensitiveClipboard {
  readonly #parts: Required<ClipboardParts>;
  #ours: string | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(parts: ClipboardParts) {
    this.#parts = { after: afterTimeout, ...parts };
  }

  /** Copies text. Where the exclusion formats are refused, plain text is better than nothing. */
  async copy(text: string, clearAfterMs = CLEAR_AFTER_MS): Promise<void> {
    const { clipboard, createItem, platform, after } = this.#parts;
    this.#cancelTimer?.();
    try {
      await clipboard.write([createItem({ 'text/plain': text, ...exclusionFormats(platform) })]);
    } catch {
      await clipboard.writeText(text);
    }
    this.#ours = text;
    this.#cancelTimer = after(clearAfterMs, () => void this.clearIfOurs());
  }

  /** Takes our text away if it is still there. Never throws: a clipboard that cannot be read is left alone. */
  async clearIfOurs(): Promise<void> {
    const ours = this.#ours;
    this.#ours = undefined;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (ours === undefined) return;
    try {
      if ((await this.#parts.clipboard.readText()) === ours) this.#parts.clipboard.clear();
    } catch {
      // Another program holds the clipboard; whatever is on it now is not known to be ours.
    }
  }

  dispose(): Promise<void> {
    return this.clearIfOurs();
  }
}

function afterTimeout(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  // A pending clean-up must not keep the process alive: quitting clears by itself.
  timer.unref();
  return () => clearTimeout(timer);
}

import { BrowserWindow, ClipboardItem, app, clipboard, powerMonitor, safeStorage, shell } from 'electron';
import type { SystemPorts } from '../application-ports.ts';
import { SensitiveClipboard } from './clipboard.ts';
import { systemDialogs } from './desktop.ts';
import { openLink } from './external-links.ts';
import { SystemPower } from './power.ts';
import { systemKeyStore } from './safe-storage.ts';
import type { ShellTexts } from './texts.ts';

/** What the application needs of Electron, and the part of it that has to be told things and be disposed of. */
export class ElectronPorts {
  readonly ports: SystemPorts;
  readonly #power: SystemPower;
  readonly #minimised = new Set<() => void>();
  readonly #clipboard = new SensitiveClipboard({
    clipboard,
    createItem: (formats) => new ClipboardItem(formats),
    platform: process.platform,
  });

  /** @param texts in the language of the settings */
  constructor(texts: () => ShellTexts) {
    const power = new SystemPower({ monitor: powerMonitor, platform: process.platform });
    this.#power = power;
    // Never rejects; until it has found a bus, screen locks count as not told.
    void power.start();
    const { platform } = process;
    this.ports = {
      version: app.getVersion(),
      platform: platform === 'darwin' || platform === 'win32' ? platform : 'linux',
      packaged: app.isPackaged,
      safeStorage: systemKeyStore(safeStorage),
      power: {
        idleSeconds: () => power.idleSeconds(),
        on: (event, listener) => {
          if (event !== 'minimise') return power.on(event, listener);
          this.#minimised.add(listener);
          return () => this.#minimised.delete(listener);
        },
      },
      screenLock: {
        source: () => power.screenLockSource,
        onChange: (listener) => power.onScreenLockSource(() => listener()),
      },
      dialogs: systemDialogs(() => BrowserWindow.getAllWindows()[0] ?? null, Date.now, texts),
      copySensitive: (text) => this.#clipboard.copy(text),
      clearClipboard: () => this.#clipboard.clearIfOurs(),
      reveal: (path) => shell.showItemInFolder(path),
      openLink: (id) => openLink(shell, id),
      quit: () => app.quit(),
    };
  }

  /** The window was minimised: Electron tells that of the window, not of the machine. */
  minimised(): void {
    for (const listener of [...this.#minimised]) listener();
  }

  async dispose(): Promise<void> {
    this.#power.dispose();
    this.#minimised.clear();
    await this.#clipboard.dispose();
  }
}

import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { KnownWindows } from '../ipc/sender.ts';
import type { TopicServer } from '../ipc/topics.ts';
import type { AppLog } from '../storage/app-log.ts';
import { WindowStateFile } from './window-state.ts';
import { openMainWindow } from './window.ts';
import type { MainWindow } from './window.ts';

interface Parts {
  readonly preload: string;
  readonly icon: string;
  readonly packaged: boolean;
  readonly stateFile: string;
  readonly windows: KnownWindows;
  readonly topics: TopicServer;
  readonly log: AppLog;
  readonly onMinimize: () => void;
}

/** The one window: opened, or brought to the front when it is there. */
export function mainWindow(parts: Parts): { show(): void; dispose(): void } {
  let main: MainWindow | null = null;
  const open = () => {
    main = openMainWindow({
      create: (options) => new BrowserWindow(options),
      look: {
        preload: parts.preload,
        icon: parts.icon,
        dark: nativeTheme.shouldUseDarkColors,
        devTools: !parts.packaged,
      },
      workAreas: screen.getAllDisplays().map((display) => display.workArea),
      stateFile: new WindowStateFile(parts.stateFile),
      // `withdraw` lets this window ask. Whether money moves, the funds desk decides: use of the account, passphrase.
      admit: (id) => parts.windows.add(id, ['read', 'trade', 'withdraw', 'vault']),
      onPageGone: (id) => parts.topics.closeWindow(id),
      onMinimize: parts.onMinimize,
      onClosed: () => {
        main = null;
      },
      onCrash: (reason) => parts.log.error({ where: 'window', reason }, 'page gone'),
    });
  };
  return {
    show: () => {
      const [present] = BrowserWindow.getAllWindows();
      if (!present) {
        open();
        return;
      }
      if (present.isMinimized()) present.restore();
      present.show();
      present.focus();
    },
    dispose: () => main?.dispose(),
  };
}

import { dirname, join } from 'node:path';
import { Menu, Notification, Tray, dialog } from 'electron';
import type { BrowserWindow } from 'electron';
import type { Application } from '../application.ts';
import type { SettingsStore } from '../storage/settings.ts';
import type { CommandBus } from './commands.ts';
import type { LinkId } from './external-links.ts';
import { menuTemplate } from './menu.ts';
import { alertText, fillText } from './notification-texts.ts';
import { Notifications } from './notifications.ts';
import { SHELL_TEXTS } from './texts.ts';
import type { ShellTexts } from './texts.ts';
import { TrayIcon } from './tray.ts';

interface DesktopParts {
  readonly application: Application;
  readonly settings: SettingsStore;
  readonly commands: CommandBus;
  readonly icon: string;
  readonly packaged: boolean;
  readonly showWindow: () => void;
  readonly openLink: (link: LinkId) => void;
  readonly quit: () => void;
}

/** Menu, tray and native notifications, kept in step with language and lock. The answer removes them. */
export function openDesktop(parts: DesktopParts): () => void {
  const { application, settings, commands } = parts;
  const mac = process.platform === 'darwin';
  const lock = () => {
    void application.vault.lock('command');
  };
  const texts = () => SHELL_TEXTS[settings.get().language];
  const notifications = new Notifications({
    isSupported: () => Notification.isSupported(),
    create: (options) => new Notification(options),
    icon: parts.icon,
  });
  const tray = new TrayIcon({
    // A path and not an image, so that Electron finds the sharper @2x file and macOS knows a template by its name.
    create: () => new Tray(join(dirname(parts.icon), mac ? 'trayTemplate.png' : 'tray.png')),
    buildMenu: (template) => Menu.buildFromTemplate(template),
    texts: texts(),
    actions: { show: parts.showWindow, lock, quit: parts.quit },
  });
  const draw = () => {
    const unlocked = application.host.isOpen;
    const actions = {
      command: (command: Parameters<CommandBus['send']>[0]) => commands.send(command),
      lock,
      quit: parts.quit,
      openLink: parts.openLink,
    };
    const template = menuTemplate({
      texts: texts(),
      mac,
      unlocked,
      devTools: !parts.packaged,
      actions,
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
    tray.update(texts(), unlocked);
  };
  draw();
  const stops = [
    settings.onChange(draw),
    application.host.changed.on((session) => {
      draw();
      if (session === null) notifications.closeAll();
      else announce(session, settings, notifications, parts.showWindow);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    notifications.dispose();
    tray.dispose();
  };
}

type Session = ReturnType<Application['host']['live']>;

/** The session's signals end with it, so nothing has to be unsubscribed here. */
function announce(
  session: Session,
  settings: SettingsStore,
  notifications: Notifications,
  onClick: () => void,
): void {
  session.fired.on(({ firing, alert }) => {
    const { notifications: wanted, language, hideAmounts } = settings.get();
    const isConnection = firing.text.key === 'connectionLost';
    if (alert.notify && (isConnection ? wanted.connection : wanted.alerts)) {
      notifications.show({ ...alertText(firing, language, hideAmounts), onClick });
    }
  });
  session.fills.on((fill) => {
    const { notifications: wanted, language, hideAmounts } = settings.get();
    if (wanted.fills) notifications.show({ ...fillText(fill, language, hideAmounts), onClick });
  });
}

/** The dialogs that main opens itself: the window never names a path, and cannot answer for the person. */
export function systemDialogs(
  window: () => BrowserWindow | null,
  now: () => number,
  texts: () => ShellTexts,
) {
  const open = async (filters: { name: string; extensions: string[] }[]): Promise<string | null> => {
    const owner = window();
    const options = { properties: ['openFile' as const], filters };
    const answer = owner ? await dialog.showOpenDialog(owner, options) : await dialog.showOpenDialog(options);
    return answer.canceled ? null : (answer.filePaths[0] ?? null);
  };
  const save = async (what: string, name: string, extension: string): Promise<string | null> => {
    const owner = window();
    const day = new Date(now()).toISOString().slice(0, 10);
    const options = {
      defaultPath: `holdfast-${what}-${day}.${extension}`,
      filters: [{ name, extensions: [extension] }],
    };
    const answer = owner ? await dialog.showSaveDialog(owner, options) : await dialog.showSaveDialog(options);
    return answer.canceled || answer.filePath === '' ? null : answer.filePath;
  };
  return {
    saveExport: () => save('keys', 'Holdfast export', 'hfx'),
    saveActivity: () => save('activity', 'JSON lines', 'jsonl'),
    saveOrders: () => save('orders', 'CSV', 'csv'),
    openExport: () => open([{ name: 'Holdfast export', extensions: ['hfx'] }]),
    confirmForget: async (): Promise<boolean> => {
      const owner = window();
      const { forgetTitle, forgetText, forgetConfirm, forgetCancel } = texts();
      const options = {
        type: 'warning' as const,
        message: forgetTitle,
        detail: forgetText,
        buttons: [forgetCancel, forgetConfirm],
        // Enter and Escape keep everything.
        defaultId: 0,
        cancelId: 0,
        noLink: true,
      };
      const answer = owner
        ? await dialog.showMessageBox(owner, options)
        : await dialog.showMessageBox(options);
      return answer.response === 1;
    },
    openReplay: () => open([{ name: 'Recorded market', extensions: ['jsonl', 'json', 'csv'] }]),
  };
}

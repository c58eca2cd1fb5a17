import type { Tray } from './api/tray.ts';
import type { Notification } from './api/notification.ts';

export interface OpenDialogAnswer {
  readonly kind: 'open';
  readonly filePaths: string[];
}
export interface SaveDialogAnswer {
  readonly kind: 'save';
  readonly filePath: string;
}
export interface MessageBoxAnswer {
  readonly kind: 'message';
  readonly response: number;
  readonly checkboxChecked?: boolean;
}
export type DialogAnswer = OpenDialogAnswer | SaveDialogAnswer | MessageBoxAnswer;

export interface DialogRecord {
  readonly kind: 'open' | 'save' | 'message' | 'error';
  readonly options: unknown;
  readonly answered: boolean;
}

/** What the app asked of the desktop. The test control reads it; nothing of it ever reaches a real desktop. */
export const records = {
  openedExternally: [] as string[],
  shownInFolder: [] as string[],
  openedPaths: [] as string[],
  dialogs: [] as DialogRecord[],
  dialogAnswers: [] as DialogAnswer[],
  notifications: [] as Notification[],
  trays: [] as Tray[],
  blockedRequests: [] as { readonly url: string; readonly kind: string }[],
  deniedWindows: [] as string[],
  beeps: 0,
};

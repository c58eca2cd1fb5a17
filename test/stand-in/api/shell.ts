import { records } from '../records.ts';

/** Records what would leave the app; nothing is ever opened. */
export const shell = {
  async openExternal(url: string): Promise<void> {
    if (!URL.canParse(url)) throw new Error('Invalid URL');
    records.openedExternally.push(url);
  },

  showItemInFolder(fullPath: string): void {
    records.shownInFolder.push(fullPath);
  },

  /** Resolves to an error text, empty when all is well. */
  async openPath(path: string): Promise<string> {
    records.openedPaths.push(path);
    return '';
  },

  beep(): void {
    records.beeps += 1;
  },
};

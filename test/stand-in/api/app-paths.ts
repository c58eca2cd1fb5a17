import { mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { App } from 'electron';

export type PathName = Parameters<App['getPath']>[0];

const folderNames: Partial<Record<PathName, string>> = {
  desktop: 'Desktop',
  documents: 'Documents',
  downloads: 'Downloads',
  music: 'Music',
  pictures: 'Pictures',
  videos: 'Videos',
};

function appData(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32') return env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  return env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
}

/** `app.getPath` with its overrides; `--user-data-dir` moves the user-data folder, as in Chromium. */
export class AppPaths {
  readonly #overrides = new Map<PathName, string>();
  readonly #name: () => string;

  constructor(name: () => string, userDataSwitch: string) {
    this.#name = name;
    if (userDataSwitch !== '') this.#overrides.set('userData', resolve(userDataSwitch));
  }

  get(name: PathName): string {
    const chosen = this.#overrides.get(name);
    if (chosen !== undefined) return chosen;
    switch (name) {
      case 'home':
        return homedir();
      case 'temp':
        return tmpdir();
      case 'appData':
        return appData(process.env);
      case 'userData':
        return join(this.get('appData'), this.#name());
      case 'sessionData':
        return this.get('userData');
      case 'logs':
        return join(this.get('userData'), 'logs');
      case 'crashDumps':
        return join(this.get('userData'), 'Crashpad');
      case 'exe':
      case 'module':
        return process.execPath;
      default:
        return this.#userFolder(name);
    }
  }

  set(name: PathName, path: string): void {
    if (!isAbsolute(path)) throw new Error('Path must be absolute');
    mkdirSync(path, { recursive: true });
    this.#overrides.set(name, path);
  }

  #userFolder(name: PathName): string {
    const folder = folderNames[name];
    if (folder === undefined) throw new Error(`Failed to get '${name}' path`);
    return join(homedir(), folder);
  }
}

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export interface AppIdentity {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

interface Manifest {
  readonly name?: string;
  readonly productName?: string;
  readonly version?: string;
  readonly main?: string;
}

/**
 * Electron takes name and version from the package.json of the folder it is started with. The stand-in is
 * started with the folder's main file, so it looks for the nearest package whose `main` is that file; a bare
 * script has no identity, as in Electron.
 */
export function readIdentity(mainFile: string): AppIdentity {
  for (let folder = dirname(mainFile); ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) {
      const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
      if (resolve(folder, manifest.main ?? 'index.js') === mainFile) {
        return {
          folder,
          name: manifest.productName ?? manifest.name ?? 'Electron',
          version: manifest.version ?? '0.0.0',
        };
      }
    }
    if (dirname(folder) === folder) return { folder: dirname(mainFile), name: 'Electron', version: '45.4.1' };
  }
}

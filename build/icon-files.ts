/** Build plugin: puts the drawn icons beside the main bundle, in `icons/`, where the shell finds them. */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const FILES = ['256x256.png', 'tray.png', 'tray@2x.png', 'trayTemplate.png', 'trayTemplate@2x.png'];

export function iconFiles(): Plugin {
  return {
    name: 'holdfast:icon-files',
    apply: 'build',
    generateBundle() {
      for (const file of FILES) {
        const source = readFileSync(new URL(`icons/${file}`, import.meta.url));
        this.emitFile({ type: 'asset', fileName: `icons/${file}`, source });
      }
    },
  };
}

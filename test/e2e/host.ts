import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The real Electron program, if it is there. Read from the package's own path file: asking the package would make
 * it download the program.
 */
export function findElectron(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const pathFile = join(folder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron';
  const override = env['ELECTRON_OVERRIDE_DIST_PATH'];
  const program = join(override ?? join(folder, 'dist'), name);
  return existsSync(program) ? program : undefined;
}

/** Electron opens a window and cannot do without a display; the stand-in can. */
export function hasDisplay(env: NodeJS.ProcessEnv = process.env): boolean {
  return process.platform !== 'linux' || Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY']);
}

/**
 * `node --import …/test/stand-in/register.ts out/main/index.js` runs the built main process unchanged: this
 * makes `electron` resolve to the stand-in, in ES modules and in CommonJS alike.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
// What Electron's BoringSSL lacks is gone here too, in worker threads as well.
import '../setup/electron-crypto-gaps.ts';

const at = (file: string): string => new URL(file, import.meta.url).href;
const electron = at(isMainThread ? './electron.ts' : './electron-in-worker.ts');
const entry = at('./entry.ts');
const electronNames = new Set(['electron', 'electron/main', 'electron/common']);
const mainUrl = process.argv[1] === undefined ? undefined : pathToFileURL(process.argv[1]).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (electronNames.has(specifier)) {
      // Said outright: the resolver of `require` takes no file addresses.
      return { url: electron, format: 'module-typescript', shortCircuit: true };
    }
    // The program's own entry goes through ours, which learns when it has been evaluated to its end.
    if (isMainThread && context.parentURL === undefined && specifier === mainUrl) {
      return nextResolve(entry, context);
    }
    return nextResolve(specifier, context);
  },
});

if (isMainThread) {
  Object.defineProperty(process, 'versions', {
    value: Object.freeze({ ...process.versions, electron: '45.4.1', chrome: '156.0.0.0' }),
  });
  Object.assign(process, { type: 'browser', resourcesPath: process.cwd() });
}

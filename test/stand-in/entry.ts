/** Runs the app's main module the way Electron does: `ready` comes when it has been evaluated to its end. */
import { pathToFileURL } from 'node:url';
import { app } from './api/app.ts';
import { startControl } from './control/server.ts';

const mainFile = process.argv[1];
if (mainFile === undefined) throw new Error('The stand-in needs the main file of the app.');

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());

const mainModule = import(pathToFileURL(mainFile).href);
mainModule.then(
  async () => {
    await startControl();
    setImmediate(() => app.becomeReady());
  },
  (error: unknown) => {
    console.error('A JavaScript error occurred in the main process');
    console.error(error);
    process.exit(1);
  },
);

import type { App } from 'electron';
import type { PracticeSettings } from '../../src-preload/contract/types/settings.ts';
import { HoldfastError } from '../errors.ts';
import { ownArguments, parseArguments } from './args.ts';
import type { SiteResolver } from '../exchanges/bybit/sites.ts';
import type { Arguments } from './args.ts';

/** Ends the program with one line for an argument that is wrong, before anything is opened. */
export function readArguments(app: Pick<App, 'exit' | 'isPackaged'>): Arguments {
  try {
    return parseArguments(ownArguments(process.argv, app.isPackaged), process.cwd(), app.isPackaged);
  } catch (error) {
    process.stderr.write(`Holdfast: ${error instanceof HoldfastError ? error.message : 'bad arguments'}\n`);
    app.exit(2);
    return {};
  }
}

/** Chromium's switches that hand the page to whoever asks. Fuses do not cover them. */
const DEBUGGING = ['port', 'pipe', 'address'];

/** An installed Holdfast does not run while anybody may attach a debugger to its window. */
export function refuseDebugging(app: Pick<App, 'exit' | 'isPackaged' | 'commandLine'>): void {
  if (!app.isPackaged || !DEBUGGING.some((way) => app.commandLine.hasSwitch(`remote-debugging-${way}`)))
    return;
  process.stderr.write('Holdfast: does not start with remote debugging\n');
  app.exit(2);
}

/** The market that the command line asks for, or null when it asks for none. */
export function practiceFromArguments(argv: Arguments, present: PracticeSettings): PracticeSettings | null {
  const { replay, seed, speed } = argv;
  if (replay !== undefined) {
    return { ...present, source: 'replay', replayFile: replay, speed: speed ?? present.speed };
  }
  return seed === undefined ? null : { ...present, source: 'synthetic', seed };
}

/** The stand-ins on this machine that the command line names, for every site; undefined when it names none. */
export async function sitesFromArguments(argv: Arguments): Promise<SiteResolver | undefined> {
  const { bybitLoopback } = argv;
  if (bybitLoopback === undefined) return undefined;
  const testnet = argv.bybitTestnetLoopback ?? bybitLoopback;
  // Loaded for tests only: the addresses of real venues come with their adapter.
  const { loopbackSite } = await import('../exchanges/bybit/sites.ts');
  return (_region, environment) => {
    const port = environment === 'testnet' ? testnet : bybitLoopback;
    return loopbackSite(`http://127.0.0.1:${String(port)}`, environment);
  };
}

import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { createBridgeEnd } from './bridge.ts';
import { createCodec } from './codec.ts';
import { createEmitterClass } from './emitter.ts';
import { installIsolatedWorld } from './isolated-world.ts';
import { installMainWorld } from './main-world.ts';
import type { IsolatedWorldConfig } from './page-types.ts';

export interface PageScripts {
  readonly mainWorld: string;
  readonly isolatedWorld: string;
  /** Why the preload could not even be compiled, if so; `isolatedWorld` then runs without it. */
  readonly preloadFailure: Error | undefined;
}

const preloadParameters = 'require, process, exports, module, Buffer, global, setImmediate, clearImmediate';

/** A sandboxed preload is a CommonJS script: what does not compile as one fails before it runs. */
function compilePreload(path: string | undefined): { source: string; failure: Error | undefined } {
  if (path === undefined) return { source: 'null', failure: undefined };
  try {
    const source = `(function (${preloadParameters}) {${readFileSync(path, 'utf8')}\n})`;
    // Parsed here, so that a syntax error is the preload's and not the whole injected script's.
    void new Script(source, { filename: path });
    return { source, failure: undefined };
  } catch (error) {
    return { source: 'null', failure: error as Error };
  }
}

/** Builds the two scripts that run in every frame before the page's own, the main world's first. */
export function buildPageScripts(
  preloadPath: string | undefined,
  config: IsolatedWorldConfig,
  bridgeName: string,
): PageScripts {
  const names = [`${bridgeName}-down`, `${bridgeName}-up`].map((name) => JSON.stringify(name));
  const end = (outgoing: number, incoming: number): string =>
    `(${createBridgeEnd.toString()})(codec, window, ${names[outgoing]}, ${names[incoming]})`;
  const codec = `const codec = (${createCodec.toString()})();`;
  const { source, failure } = compilePreload(preloadPath);
  return {
    mainWorld: `{${codec}(${installMainWorld.toString()})(window, ${end(1, 0)});}`,
    isolatedWorld: `{${codec}(${installIsolatedWorld.toString()})(window, codec, ${end(0, 1)},
      (${createEmitterClass.toString()})(), ${JSON.stringify(config)}, ${source});}`,
    preloadFailure: failure,
  };
}

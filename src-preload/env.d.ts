import type { HoldfastApi } from './contract/index.ts';
import type { Surface } from './contract/define.ts';

declare global {
  /** Baked in by the build (electron.vite.config.ts): the names of the contract. */
  const __CONTRACT__: Surface;

  interface Window {
    readonly holdfast: HoldfastApi;
  }
}

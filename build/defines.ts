/** Compile-time constants shared by the application build and the tests, so that both compile the same code. */
import { existsSync } from 'node:fs';

const contractFile = new URL('../src-preload/contract/index.ts', import.meta.url);

/**
 * The names of the contract, baked into the preload. The preload itself must not import the table: the sandbox
 * offers it no module loader, and the schemas would drag the whole validator into the window's process.
 */
export async function contractSurface(): Promise<string> {
  const module = (await import(contractFile.href)) as { surface: () => unknown };
  return JSON.stringify(module.surface());
}

export const contractDefine: Readonly<Record<string, string>> = existsSync(contractFile)
  ? { __CONTRACT__: await contractSurface() }
  : {};

/** Vue and vue-i18n without their legacy parts and without dev tools in the shipped window. */
export const rendererDefine: Readonly<Record<string, string>> = {
  __VUE_OPTIONS_API__: 'false',
  __VUE_PROD_DEVTOOLS__: 'false',
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  __VUE_I18N_FULL_INSTALL__: 'false',
  __VUE_I18N_LEGACY_API__: 'false',
  __INTLIFY_PROD_DEVTOOLS__: 'false',
  __INTLIFY_DROP_MESSAGE_COMPILER__: 'false',
  // Messages are compiled to syntax trees, never to code: the CSP allows no eval.
  __INTLIFY_JIT_COMPILATION__: 'true',
};

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { contractDefine, rendererDefine } from './build/defines.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Makes plain Node's crypto look like Electron's BoringSSL: what is missing there must fail here.
const cryptoGaps = at('test/setup/electron-crypto-gaps.ts');
const setupFiles = existsSync(cryptoGaps) ? [cryptoGaps] : [];

// Two loaded cores: a time-out finds a hang, it does not measure speed.
const LIMIT_MS = 60_000;
const E2E_LIMIT_MS = 300_000;

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: [{ find: /^electron$/, replacement: at('test/setup/electron-stub.ts') }] },
  define: { ...rendererDefine, ...contractDefine },
  test: {
    pool: 'forks',
    setupFiles,
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    // Imports electron itself: inlined so that the alias above reaches it.
    server: { deps: { inline: ['electron-store'] } },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], exclude: ['test/unit/stand-in/**'] },
      },
      {
        // Each test starts a program and a browser, with two clients on it: one retry on a loaded machine. No
        // other project has any, so that a failure that a random seed found is never tried away.
        extends: true,
        test: { name: 'stand-in', include: ['test/unit/stand-in/**/*.test.ts'], retry: 1 },
      },
      { extends: true, test: { name: 'integration', include: ['test/integration/**/*.test.ts'] } },
      // Starts and kills the program; no retry, and each run has another seed.
      { extends: true, test: { name: 'chaos', include: ['test/chaos/**/*.test.ts'] } },
      { extends: true, test: { name: 'security', include: ['test/security/**/*.test.ts'] } },
      {
        // Drives the built application, so it has neither the alias nor the set-up files of unit tests.
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          pool: 'forks',
          testTimeout: E2E_LIMIT_MS,
          hookTimeout: E2E_LIMIT_MS,
          fileParallelism: false,
        },
      },
    ],
  },
});

import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';
import { bundleReport } from './build/bundle-report.ts';
import { contractSurface, rendererDefine } from './build/defines.ts';
import { iconFiles } from './build/icon-files.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Whitespace and dead code go, names stay: a stack trace of main has to be readable.
const compact = { compress: true, mangle: false, codegen: { removeWhitespace: true } } as const;

export default defineConfig({
  main: {
    resolve: {
      alias: [
        { find: 'ajv/dist/2020.js', replacement: at('build/no-ajv.ts') },
        { find: 'ajv-formats', replacement: at('build/no-ajv.ts') },
        { find: 'semver', replacement: at('build/no-semver.ts') },
        { find: 'thread-stream', replacement: at('build/no-thread-stream.ts') },
      ],
    },
    plugins: [iconFiles(), bundleReport('main')],
    build: {
      outDir: at('out/main'),
      // Native modules only: everything else is bundled, so that what ships is what was built and locked.
      externalizeDeps: { include: ['@node-rs/argon2', 'better-sqlite3-multiple-ciphers'] },
      rolldownOptions: {
        input: { index: at('src-main/index.ts') },
        // Optional accelerators of ws that Holdfast does not install: ws copes with their absence.
        external: ['bufferutil', 'utf-8-validate'],
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
          minify: compact,
        },
      },
    },
  },
  preload: {
    // Names only: the sandboxed preload has no module loader, so no schema library may come along.
    define: { __CONTRACT__: await contractSurface() },
    plugins: [bundleReport('preload')],
    build: {
      outDir: at('out/preload'),
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: at('src-preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: at('src-renderer'),
    base: './',
    publicDir: false,
    define: { ...rendererDefine },
    plugins: [vue(), bundleReport('renderer')],
    build: {
      outDir: at('out/renderer'),
      emptyOutDir: true,
      // Nothing becomes a data: URL, so the CSP can say 'self' and mean it.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      minify: true,
      rolldownOptions: { input: at('src-renderer/index.html') },
    },
  },
});

// The package's entry carries fetch, caches, mocks and proxies, which nothing here uses and nothing shakes out
// of CommonJS: 260 KB of main bundle. Its pool alone has no declaration of its own.
declare module 'undici/lib/dispatcher/pool.js' {
  export { Pool as default } from 'undici';
}

// The rules of the house (design.md section 1), checked by a machine and not by memory.
// Paths are relative to the repository root. A rule's comment says what would break without it.

/** Node modules that open a connection or a process. */
const SOCKETS = '^(node:)?(http|https|http2|net|tls|dgram|dns|child_process|cluster)(/|$)';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle means that two files are one, and that import order decides what is undefined.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing imports it: it is dead or it was never wired.',
      severity: 'error',
      from: {
        orphan: true,
        path: '^src-(main|preload|renderer)/',
        pathNot: [
          '\\.d\\.ts$',
          '\\.vue$',
          '^src-main/index\\.ts$',
          '^src-preload/index\\.ts$',
          '/worker\\.ts$',
        ],
      },
      to: {},
    },
    {
      name: 'not-resolvable',
      comment: 'The import points at nothing.',
      severity: 'error',
      from: { path: '^(src-|test/|build/)' },
      to: { couldNotResolve: true, pathNot: ['\\?', '^vite/', '^electron$'] },
    },
    {
      name: 'vault-stands-alone',
      comment: 'The part that holds secrets must not know who asks: no venue, no channel, no window.',
      severity: 'error',
      from: { path: '^src-main/vault/' },
      to: { path: '^src-main/(exchanges|ipc|shell|net|market|trading|portfolio|alerts|bots)/' },
    },
    {
      name: 'only-vault-opens-vault-crypto',
      comment: 'Key derivation exists in the vault alone.',
      severity: 'error',
      from: { path: '^src-main/', pathNot: '^src-main/vault/' },
      to: { path: '(^|node_modules/)(@node-rs/argon2|hash-wasm)' },
    },
    {
      name: 'vault-internals-stay-inside',
      comment:
        'Others use the vault through its class and ports; only the composition root starts its worker.',
      severity: 'error',
      from: { path: '^src-main/', pathNot: '^src-main/(vault/|index\\.ts$)' },
      to: { path: '^src-main/vault/worker\\.ts$' },
    },
    {
      name: 'venue-imports',
      comment: 'A venue knows the port, the network and market values; nothing else.',
      severity: 'error',
      from: { path: '^src-main/exchanges/([^/]+)/' },
      to: {
        path: '^src-main/',
        pathNot: [
          '^src-main/exchanges/$1/',
          '^src-main/exchanges/[^/]+\\.ts$',
          '^src-main/(net|market)/',
          '^src-main/errors\\.ts$',
        ],
      },
    },
    {
      name: 'venues-are-strangers',
      comment: 'No venue imports another: a fix for one must not move the other.',
      severity: 'error',
      from: { path: '^src-main/exchanges/([^/]+)/' },
      to: { path: '^src-main/exchanges/([^/]+)/', pathNot: '^src-main/exchanges/$1/' },
    },
    {
      name: 'electron-at-the-edge',
      comment: 'Everything else runs, and is tested, under plain Node.',
      severity: 'error',
      from: { path: '^src-main/', pathNot: '^src-main/(shell/|ipc/|storage/settings|index\\.ts$)' },
      to: { path: '(^|node_modules/)electron(/|$)' },
    },
    {
      name: 'electron-store-in-settings',
      comment: 'electron-store is for harmless settings only.',
      severity: 'error',
      from: { path: '^src-main/', pathNot: '^src-main/(storage/settings|index\\.ts$)' },
      to: { path: '(^|node_modules/)electron-store' },
    },
    {
      name: 'sockets-in-net',
      comment:
        'One place opens connections, so one place redacts, limits and times out. D-Bus is a local socket.',
      severity: 'error',
      from: { path: '^src-main/', pathNot: '^src-main/(net/|shell/dbus)' },
      to: { path: [SOCKETS, '(^|node_modules/)(undici|ws)(/|$)'] },
    },
    {
      name: 'main-never-vue',
      comment: 'Main has no window code.',
      severity: 'error',
      from: { path: '^src-main/' },
      to: {
        path: [
          '(^|node_modules/)(@vue|vue|pinia|vue-router|vue-i18n|reka-ui|@vueuse)(/|$)',
          '^src-renderer/',
        ],
      },
    },
    {
      name: 'main-and-preload',
      comment: 'Main shares the contract with the preload, not its code.',
      severity: 'error',
      from: { path: '^src-main/' },
      to: { path: '^src-preload/', pathNot: '^src-preload/contract/' },
    },
    {
      name: 'renderer-only-contract',
      comment: 'The window sees types and constants of the contract, nothing of main, Node or Electron.',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: {
        path: ['^src-', '(^|node_modules/)electron(/|$)'],
        pathNot: ['^src-renderer/', '^src-preload/contract/'],
      },
    },
    {
      name: 'renderer-no-node',
      comment: 'The window runs in a sandbox: Node modules would not be there.',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'contract-stands-alone',
      comment: 'The contract is read by three programs, so it depends on none of them.',
      severity: 'error',
      from: { path: '^src-preload/contract/' },
      to: { path: '.', pathNot: ['^src-preload/contract/', 'node_modules/zod/'] },
    },
    {
      name: 'preload-alone',
      comment:
        'The sandboxed preload has electron and type imports of the contract; zod would be dead weight.',
      severity: 'error',
      from: { path: '^src-preload/index\\.ts$' },
      to: {
        path: '.',
        pathNot: ['(^|node_modules/)electron(/|$)'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'product-without-tests',
      comment: 'The product never asks what it runs on and never ships a fake.',
      severity: 'error',
      from: { path: '^src-' },
      to: { path: '^(test|build)/' },
    },
    {
      name: 'value-helpers-stay-pure',
      comment: 'Market values are used by venues and must not pull the application behind them.',
      severity: 'error',
      from: { path: '^src-main/market/' },
      to: { path: '^src-main/(ipc|shell|trading|portfolio|alerts|bots|vault)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist|docs|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.vue', '.json', '.d.ts'],
    },
    moduleSystems: ['es6', 'cjs'],
  },
};

/** Installers for Linux, macOS and Windows. Updates are not part of it: nothing is published from here. */
import type { AfterPackContext, Configuration } from 'electron-builder';
import { burnFuses, packedBinary } from './fuses.ts';

const EXECUTABLE = 'holdfast';

/** The ledger's module brings binaries for every system and its C sources: only this system's binary is packed. */
const UNUSED = [
  '!node_modules/better-sqlite3-multiple-ciphers/{deps,src}/**',
  '!node_modules/node-addon-api/**',
  ...['darwin', 'linux', 'linuxmusl', 'win32']
    .filter((system) => system !== process.platform)
    .map((system) => `!**/prebuilds/${system}-*.node`),
];

async function afterPack({ appOutDir, electronPlatformName, packager }: AfterPackContext): Promise<void> {
  const product = packager.appInfo.productFilename;
  await burnFuses(packedBinary(appOutDir, electronPlatformName, { product, executable: EXECUTABLE }));
}

const configuration: Configuration = {
  appId: 'app.holdfast.desktop',
  productName: 'Holdfast',
  copyright: 'Holdfast',
  directories: { output: 'dist', buildResources: 'build' },
  // The bundles and the two native modules, nothing else: no sources, no tests, no reports, no demo pictures.
  files: [
    'out/main/**',
    'out/preload/**',
    'out/renderer/**',
    'package.json',
    '!**/*.map',
    '!**/*.{md,ts}',
    ...UNUSED,
  ],
  asar: true,
  // The system loads libraries from disk only.
  asarUnpack: ['**/*.node'],
  // Both native modules use the stable Node-API and ship binaries: there is nothing to compile.
  npmRebuild: false,
  electronLanguages: ['en-US', 'de'],
  afterPack,
  publish: null,
  linux: {
    target: ['deb', 'AppImage'],
    executableName: EXECUTABLE,
    icon: 'build/icon.png',
    category: 'Office;Finance',
    synopsis: 'Trading client that keeps API keys on your own machine',
    maintainer: 'Holdfast',
  },
  // A fixed place for all users needs an administrator to change: per-user installs can be tampered with.
  nsis: {
    oneClick: false,
    perMachine: true,
    allowToChangeInstallationDirectory: false,
    deleteAppDataOnUninstall: false,
  },
  win: { target: ['nsis'], icon: 'build/icon.png' },
  mac: {
    target: ['dmg'],
    icon: 'build/icon.png',
    category: 'public.app-category.finance',
    hardenedRuntime: true,
    gatekeeperAssess: false,
    entitlements: 'build/entitlements.mac.plist',
    entitlementsInherit: 'build/entitlements.mac.plist',
  },
};

export default configuration;

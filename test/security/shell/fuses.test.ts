import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FuseState, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses';
import { describe, expect, it } from 'vitest';
import configuration from '../../../build/electron-builder.config.ts';
import { FUSES, FUSE_CONFIG, burnFuses, packedBinary } from '../../../build/fuses.ts';

const DIST = fileURLToPath(new URL('../../../dist', import.meta.url));
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** What every binary of ours must say when its fuses are read. */
const BURNT = {
  [FuseV1Options.RunAsNode]: FuseState.DISABLE,
  [FuseV1Options.EnableCookieEncryption]: FuseState.ENABLE,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: FuseState.DISABLE,
  [FuseV1Options.EnableNodeCliInspectArguments]: FuseState.DISABLE,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: FuseState.ENABLE,
  [FuseV1Options.OnlyLoadAppFromAsar]: FuseState.ENABLE,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: FuseState.DISABLE,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: FuseState.DISABLE,
  [FuseV1Options.WasmTrapHandlers]: FuseState.ENABLE,
};

/** A file with a fuse wire as Electron's binaries carry it: sentinel, version, length, one character per fuse. */
function binaryWithFuses(folder: string, states: string): string {
  const path = join(folder, 'electron');
  const wire = Buffer.concat([Buffer.from(SENTINEL), Buffer.from([1, states.length]), Buffer.from(states)]);
  writeFileSync(path, Buffer.concat([Buffer.from('\u007fELF'), Buffer.alloc(64), wire, Buffer.alloc(64)]));
  return path;
}

function packedBinaries(): string[] {
  if (!existsSync(DIST)) return [];
  const names = { product: 'Holdfast', executable: 'holdfast' };
  return readdirSync(DIST, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => packedBinary(join(DIST, entry.name), process.platform, names))
    .filter((path) => existsSync(path));
}

describe('the fuses', () => {
  it('are decided, all nine, and no new one is left to its default', () => {
    const known = Object.values(FuseV1Options).filter((value) => typeof value === 'number');
    expect(Object.keys(FUSES).map(Number).sort()).toEqual(known.sort());
    expect(FUSE_CONFIG).toMatchObject({ version: FuseVersion.V1, strictlyRequireAllFuses: true });
  });

  it('are set as the threat model says', () => {
    expect(FUSES).toEqual({
      0: false,
      1: true,
      2: false,
      3: false,
      4: true,
      5: true,
      6: false,
      7: false,
      8: true,
    });
  });

  it('are burnt into a binary and read back from it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-fuses-'));
    try {
      const binary = binaryWithFuses(folder, '101100011');
      await burnFuses(binary);
      expect(await getCurrentFuseWire(binary)).toEqual({ version: '1', ...BURNT });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('stop the packing when a binary has a fuse that nobody decided', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-fuses-'));
    try {
      await expect(burnFuses(binaryWithFuses(folder, '1011000110'))).rejects.toThrow(/fuse/i);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  const packed = packedBinaries();
  if (packed.length === 0)
    console.warn('nothing packed in dist/: the fuses of a real binary are read after npm run dist');
  it.skipIf(packed.length === 0)('are burnt into the packed application', async () => {
    for (const binary of packed)
      expect(await getCurrentFuseWire(binary), binary).toEqual({ version: '1', ...BURNT });
  });
});

describe('the packaging', () => {
  it('burns the fuses after packing, keeps everything in the archive, and publishes nothing', () => {
    expect(configuration.afterPack).toBeTypeOf('function');
    expect(configuration).toMatchObject({ asar: true, asarUnpack: ['**/*.node'], publish: null });
  });

  it('packs the bundles and no sources, tests, maps or reports', () => {
    const files = configuration.files as string[];
    const packed = files.filter((pattern) => !pattern.startsWith('!'));
    expect(packed).toEqual(['out/main/**', 'out/preload/**', 'out/renderer/**', 'package.json']);
    expect(files).toContain('!**/*.map');
  });

  it('installs for all users on Windows and hardens the runtime on macOS', () => {
    expect(configuration.nsis).toMatchObject({ perMachine: true, oneClick: false });
    expect(configuration.mac).toMatchObject({ hardenedRuntime: true });
  });

  it('finds the binary of every platform', () => {
    const names = { product: 'Holdfast', executable: 'holdfast' };
    expect(packedBinary('/d', 'linux', names)).toBe('/d/holdfast');
    expect(packedBinary('/d', 'win32', names)).toBe('/d/Holdfast.exe');
    expect(packedBinary('/d', 'darwin', names)).toBe('/d/Holdfast.app/Contents/MacOS/Holdfast');
  });
});

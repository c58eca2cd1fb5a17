/**
 * Electron's fuses: features that are burnt out of the packed binary, so that no setting, argument or
 * environment variable can bring them back.
 */
import { FuseV1Options, FuseVersion, flipFuses, type FuseConfig } from '@electron/fuses';

export const FUSES = {
  /** The application cannot be used as a plain Node to run somebody's script under our name. */
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  /** No NODE_OPTIONS (and no NODE_EXTRA_CA_CERTS): nobody adds code or trust through the environment. */
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  /** No --inspect: a debugger would read the secrets of the main process. */
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  /** Refuses an archive that was changed after packing (macOS and Windows). */
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  /** A folder named `app` beside the archive is not run in its place. */
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  /** We ship no snapshot of our own. */
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  /** Our pages come from app://; file:// keeps no privileges. */
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  /** WebAssembly without explicit bounds checks. */
  [FuseV1Options.WasmTrapHandlers]: true,
} as const satisfies Record<FuseV1Options, boolean>;

/** The whole configuration. Strict: a fuse that a future Electron adds fails the packing until it is decided. */
export const FUSE_CONFIG: FuseConfig = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  // The change breaks the ad-hoc signature that Apple's processors insist on; real signing comes after.
  resetAdHocDarwinSignature: process.platform === 'darwin',
  ...FUSES,
};

/** Where the packed binary lies, by platform. */
export function packedBinary(
  folder: string,
  platform: string,
  names: { product: string; executable: string },
): string {
  if (platform === 'darwin') return `${folder}/${names.product}.app/Contents/MacOS/${names.product}`;
  return platform === 'win32' ? `${folder}/${names.product}.exe` : `${folder}/${names.executable}`;
}

/** Burns the fuses into a packed binary. Rejects when one of them is unknown to it. */
export async function burnFuses(binary: string): Promise<void> {
  await flipFuses(binary, FUSE_CONFIG);
}

import { hashRaw } from '@node-rs/argon2';
import { kdfFailed, weakKdf } from './vault-errors.ts';

/** Argon2id version 1.3 (RFC 9106). Memory is in KiB. */
export interface KdfParameters {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

export interface KdfLimits {
  /** Below it a file is refused: somebody weakened the header to make guessing cheap. */
  readonly floor: KdfParameters;
  /** Above it a file is refused: opening it would hang the machine. */
  readonly cap: KdfParameters;
}

/** Floor: second recommended option of RFC 9106. */
export const KDF_LIMITS: KdfLimits = {
  floor: { memoryKiB: 64 * 1024, passes: 3, lanes: 4 },
  cap: { memoryKiB: 1024 * 1024, passes: 16, lanes: 16 },
};

export const KEY_BYTES = 32;
export const SALT_BYTES = 32;

/** Time that deriving the key should take on the machine that makes the vault. */
export const KDF_TARGET_MS = 750;

const NAMES = { memoryKiB: 'memory', passes: 'passes', lanes: 'lanes' } as const;

/** Throws `vault.weakKdf` naming the parameter that is outside the limits. */
export function assertKdfAllowed(parameters: KdfParameters, limits: KdfLimits): void {
  for (const field of ['memoryKiB', 'passes', 'lanes'] as const) {
    const value = parameters[field];
    if (value < limits.floor[field]) {
      throw weakKdf(`its key derivation is weaker than allowed (${NAMES[field]} ${value})`);
    }
    if (value > limits.cap[field]) {
      throw weakKdf(`its key derivation asks for more than allowed (${NAMES[field]} ${value})`);
    }
  }
}

/** Derives a 256-bit key. Runs in the native thread pool: the calling thread keeps working. */
export type DeriveKey = (
  passphrase: Uint8Array,
  salt: Uint8Array,
  parameters: KdfParameters,
) => Promise<Buffer>;

export const deriveArgon2id: DeriveKey = async (passphrase, salt, parameters) => {
  try {
    return await hashRaw(passphrase, {
      // The package declares ambient const enums, which cannot be read without a compiler: 2 = Argon2id, 1 = 1.3.
      algorithm: 2,
      version: 1,
      memoryCost: parameters.memoryKiB,
      timeCost: parameters.passes,
      parallelism: parameters.lanes,
      outputLen: KEY_BYTES,
      salt,
    });
  } catch (error) {
    throw kdfFailed(error);
  }
};

export interface CalibrationInput {
  /** Milliseconds that one derivation with these parameters takes here. */
  readonly measure: (parameters: KdfParameters) => Promise<number>;
  readonly limits: KdfLimits;
  readonly targetMs: number;
  /** Memory of the machine in bytes; at most a quarter of it is used. */
  readonly totalMemoryBytes: number;
}

const MEMORY_STEP_KIB = 16 * 1024;

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/**
 * Parameters that take about `targetMs` on this machine. Memory is raised first, because that is what makes
 * guessing on graphics cards expensive; passes only when the memory cap leaves time over. Never below the
 * floor, however slow or small the machine is.
 */
export async function calibrate(input: CalibrationInput): Promise<KdfParameters> {
  const { floor, cap } = input.limits;
  const quarter = Math.floor(input.totalMemoryBytes / 4 / 1024);
  const memoryCap = clamp(quarter, floor.memoryKiB, cap.memoryKiB);
  // The first run warms caches and pages; only the second is a measurement.
  await input.measure(floor);
  const floorMs = Math.max(await input.measure(floor), 1);
  const wanted = (floor.memoryKiB * input.targetMs) / floorMs;
  const stepped = Math.floor(wanted / MEMORY_STEP_KIB) * MEMORY_STEP_KIB;
  const memoryKiB = clamp(stepped, floor.memoryKiB, memoryCap);
  const chosen = { ...floor, memoryKiB };
  if (memoryKiB < memoryCap || memoryKiB === floor.memoryKiB) return chosen;
  const perPass = Math.max(await input.measure(chosen), 1) / floor.passes;
  return { ...chosen, passes: clamp(Math.floor(input.targetMs / perPass), floor.passes, cap.passes) };
}

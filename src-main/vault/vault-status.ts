import { HoldfastError } from '../errors.ts';
import { parseFile } from './file-header.ts';
import type { KdfParameters } from './kdf.ts';
import type { VaultEngine } from './vault-engine.ts';

/** What may be said about the vault without opening it. */
export interface VaultState {
  readonly state: 'absent' | 'locked' | 'unlocked';
  readonly path: string;
  readonly saveCounter: number | null;
  readonly createdAt: number | null;
  readonly savedAt: number | null;
  readonly kdf: KdfParameters | null;
  /** Guessing is refused until then (ms UTC); null = allowed now. */
  readonly throttledUntil: number | null;
  /** Code of what is wrong with the file, for example `vault.damaged`; null = nothing that shows from outside. */
  readonly fault: string | null;
  /** Id of the earlier state that was put back at start because the vault file was gone. */
  readonly recoveredFrom: string | null;
}

type Shown = Pick<VaultState, 'saveCounter' | 'createdAt' | 'savedAt' | 'kdf'>;

const NOTHING_SHOWN: Shown = { saveCounter: null, createdAt: null, savedAt: null, kdf: null };

function shown({ saveCounter, createdAt, savedAt, kdf }: Shown): Shown {
  return { saveCounter, createdAt, savedAt, kdf };
}

export async function vaultState(engine: VaultEngine): Promise<VaultState> {
  const { store, throttle, session, now } = engine;
  const recoveredFrom = await engine.ready();
  const remaining = await throttle.remainingMs();
  const throttledUntil = remaining > 0 ? now() + remaining : null;
  const common = { path: store.path, throttledUntil, recoveredFrom, fault: null };
  if (session !== null) return { ...common, state: 'unlocked', ...shown(session.view) };
  if (!(await store.exists())) return { ...common, state: 'absent', ...NOTHING_SHOWN };
  try {
    return { ...common, state: 'locked', ...shown(parseFile(await store.read()).header) };
  } catch (error) {
    const fault = error instanceof HoldfastError ? error.code : 'vault.damaged';
    return { ...common, ...NOTHING_SHOWN, state: 'locked', fault };
  }
}

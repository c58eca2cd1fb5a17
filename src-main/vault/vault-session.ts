import type { KeyRecordPublic } from './key-record.ts';
import { ownCopy } from './secret-bytes.ts';
import type { SigningSession } from './signer.ts';
import { keyNotFound, lockedError } from './vault-errors.ts';
import type { VaultStore } from './vault-store.ts';
import type { WorkerClient } from './worker-client.ts';
import type { KeyView, OpenedView, StagedFile } from './worker-protocol.ts';

const LAST_CHARACTERS = 4;

function publicRecord(view: KeyView): KeyRecordPublic {
  const { id, revision, meta, apiKey, hasVenuePassphrase } = view;
  return { ...meta, id, revision, keyLast4: apiKey.slice(-LAST_CHARACTERS), hasVenuePassphrase };
}

/** The vault while it is open: one worker and what main may know about its content. */
export class VaultSession implements SigningSession {
  readonly client: WorkerClient;
  #view: OpenedView;
  #keys: ReadonlyMap<string, KeyView>;

  constructor(client: WorkerClient, view: OpenedView) {
    this.client = client;
    this.#view = view;
    this.#keys = new Map(view.keys.map((key) => [key.id, key]));
  }

  get view(): OpenedView {
    return this.#view;
  }

  get keys(): ReadonlyMap<string, KeyView> {
    return this.#keys;
  }

  adopt(view: OpenedView): void {
    this.#view = view;
    this.#keys = new Map(view.keys.map((key) => [key.id, key]));
  }

  list(): KeyRecordPublic[] {
    return this.#view.keys.map(publicRecord);
  }

  record(id: string): KeyRecordPublic {
    const view = this.#keys.get(id);
    if (view === undefined) throw keyNotFound();
    return publicRecord(view);
  }
}

export interface StagedSave {
  readonly client: WorkerClient;
  readonly store: VaultStore;
  readonly staged: StagedFile;
  /** Digest of the state that it builds on; null = a new vault. */
  readonly expected: string | null;
}

/**
 * Writes what the worker sealed, lets it verify what the disk gives back, and only then makes it count. Null
 * when the vault was locked after the new file was in place: it is saved, but there is nothing open any more.
 */
export async function saveStaged(save: StagedSave): Promise<OpenedView | null> {
  const { client, store, staged, expected } = save;
  try {
    await store.replace(staged.bytes, {
      expected,
      verify: async (bytes) => {
        const copy = ownCopy(bytes);
        await client.call('verifyStaged', { bytes: copy }, [copy.buffer]);
      },
    });
  } catch (error) {
    // A worker that was closed meanwhile has discarded it already.
    await client.call('discard', {}).catch(() => undefined);
    throw error;
  }
  return client.call('commit', {}).catch((error: unknown) => {
    if (isLocked(error)) return null;
    throw error;
  });
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === lockedError().code;
}

import { HoldfastError } from '../errors.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { After } from './within.ts';
import { within } from './within.ts';

/** The ledger answers within milliseconds; one that does not must not keep an order waiting. */
const READ_MS = 3000;

export interface DocumentParts {
  readonly ledger: Pick<LedgerRepositories, 'keyValues'>;
  /** ms UTC. */
  readonly clock: () => number;
  readonly after: After;
}

export type ReadResult<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'none' }
  /** It is there, but makes no sense. */
  | { readonly kind: 'damaged' }
  /** The ledger could not be read; another try may help. */
  | { readonly kind: 'unreadable' };

/** Reads a named document of the ledger; `parse` throws for one that makes no sense. Never rejects. */
export async function readDocument<T>(
  { ledger, after }: DocumentParts,
  key: string,
  parse: (value: unknown) => T,
): Promise<ReadResult<T>> {
  const stored = await within(
    READ_MS,
    after,
    ledger.keyValues.get({ key }).then((value) => ({ value })),
  );
  if (stored === null) return { kind: 'unreadable' };
  if (stored.value === null) return { kind: 'none' };
  try {
    return { kind: 'value', value: parse(JSON.parse(stored.value)) };
  } catch {
    return { kind: 'damaged' };
  }
}

/** Resolves when it is durable. Rejects with a `storage` error. */
export async function writeDocument(
  { ledger, clock }: DocumentParts,
  key: string,
  value: unknown,
): Promise<void> {
  await ledger.keyValues.set({ key, value: JSON.stringify(value), time: clock() });
}

export const unreadable = (what: string): HoldfastError =>
  new HoldfastError(
    'notAllowed',
    'risk.unreadable',
    `${what} cannot be read from the ledger, so no order is sent. Lock and unlock Holdfast; if that does not help, look at the ledger file and its folder.`,
  );

/**
 * Every movement of money is written down, durably, before it is sent, and sent once for its intent. What became
 * of one whose answer was lost is asked of the venue, never found out by sending again.
 */
import { HoldfastError, badInput, toHoldfastError } from '../errors.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { FundsIntent, FundsIntentKind } from '../storage/ledger/repositories/funds-intents.ts';

/** A venue refuses a request that is minutes old: what its records do not have by then was never carried out. */
const GIVE_UP_MS = 15 * 60_000;

export interface Movement<T> {
  readonly accountId: string;
  readonly intentId: string;
  readonly kind: FundsIntentKind;
  /** What the person asked for, in one form. */
  readonly fingerprint: string;
  /** What is sent; kept so that a later run can look it up. Must not hold a secret. */
  readonly request: unknown;
  readonly send: () => Promise<T>;
  /** Looks up what was journaled as `request` so long ago. Null: the venue does not have it (yet). */
  readonly find: (request: unknown, ageMs: number) => Promise<T | null>;
  /** False while the venue is still working on it; default: an answer is an end. */
  readonly isFinal?: (result: T) => boolean;
}

type Known<T> = Pick<Movement<T>, 'accountId' | 'intentId' | 'kind' | 'fingerprint' | 'find' | 'isFinal'>;

interface Parts {
  readonly ledger: Pick<LedgerRepositories, 'fundsIntents'>;
  /** Our clock, ms UTC. */
  readonly clock: () => number;
  /** An outcome could not be written: the movement stays unsettled in the journal and is looked up later. */
  readonly onWriteFailed: (error: unknown) => void;
}

interface Running {
  readonly fingerprint: string;
  readonly outcome: Promise<unknown>;
}

/** Whether a failed request may have been carried out all the same. */
const cannotKnow = ({ kind }: HoldfastError): boolean =>
  kind === 'unknownOutcome' || kind === 'internal' || kind === 'protocol' || kind === 'duplicateOrder';

export class IntentJournal {
  readonly #parts: Parts;
  readonly #running = new Map<string, Running>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Sends it, or answers what became of the same intent before. Rejects `badInput` when it asks for something else. */
  run<T>(movement: Movement<T>): Promise<T> {
    const key = `${movement.accountId}/${movement.intentId}`;
    const running = this.#running.get(key);
    if (running !== undefined) {
      return running.fingerprint === movement.fingerprint
        ? (running.outcome as Promise<T>)
        : Promise.reject(anotherIntent());
    }
    const outcome = this.#carryOut(movement).finally(() => this.#running.delete(key));
    this.#running.set(key, { fingerprint: movement.fingerprint, outcome });
    return outcome;
  }

  /** What became of this intent in an earlier call; undefined when it may (still) be sent. */
  async earlier<T>(known: Known<T>): Promise<{ readonly result: T } | undefined> {
    const { accountId, intentId } = known;
    const intent = await this.#parts.ledger.fundsIntents.byIntent({ accountId, intentId });
    if (intent === null || intent.state === 'refused') return undefined;
    checkSame(intent, known);
    return { result: await this.#outcomeOf(intent, known) };
  }

  /** Movements of this kind whose end nobody knows yet. */
  unsettled(accountId: string, kind: FundsIntentKind): Promise<readonly FundsIntent[]> {
    return this.#parts.ledger.fundsIntents.unsettled({ accountId, kind });
  }

  async #carryOut<T>(movement: Movement<T>): Promise<T> {
    const { accountId, intentId, kind, fingerprint } = movement;
    const earlier = await this.#parts.ledger.fundsIntents.claim({
      accountId,
      intentId,
      kind,
      fingerprint,
      request: JSON.stringify(movement.request),
      time: this.#parts.clock(),
    });
    if (earlier !== null) {
      checkSame(earlier, movement);
      return this.#outcomeOf(earlier, movement);
    }
    try {
      const result = await movement.send();
      await this.#keep(movement, result);
      return result;
    } catch (thrown) {
      const error = toHoldfastError(thrown);
      await this.#write(accountId, intentId, cannotKnow(error) ? 'unknown' : 'refused', null);
      throw error;
    }
  }

  /** Rejects with `unknownOutcome` while it is not known, and `notFound` once the venue surely never had it. */
  async #outcomeOf<T>(intent: FundsIntent, known: Known<T>): Promise<T> {
    if (intent.state === 'done' && intent.result !== null) return JSON.parse(intent.result) as T;
    const ageMs = this.#parts.clock() - intent.createdAt;
    const found = await known.find(JSON.parse(intent.request), ageMs);
    if (found !== null) {
      await this.#keep(known, found);
      return found;
    }
    if (ageMs < GIVE_UP_MS) throw unsettled();
    await this.#write(intent.accountId, intent.intentId, 'refused', null);
    throw new HoldfastError(
      'notFound',
      'funds.neverArrived',
      'The venue has no record of it: it was not carried out. You can try again.',
    );
  }

  async #keep<T>({ accountId, intentId, isFinal }: Known<T>, result: T): Promise<void> {
    const state = (isFinal?.(result) ?? true) ? 'done' : 'unknown';
    await this.#write(accountId, intentId, state, JSON.stringify(result));
  }

  /** Never rejects: what the venue has done is done, whether the disk takes the note or not. */
  async #write(
    accountId: string,
    intentId: string,
    state: FundsIntent['state'],
    result: string | null,
  ): Promise<void> {
    const time = this.#parts.clock();
    await this.#parts.ledger.fundsIntents
      .settle({ accountId, intentId, state, result, time })
      .catch(this.#parts.onWriteFailed);
  }
}

function checkSame(intent: FundsIntent, { kind, fingerprint }: { kind: string; fingerprint: string }): void {
  if (intent.kind !== kind || intent.fingerprint !== fingerprint) throw anotherIntent();
}

const anotherIntent = () =>
  badInput([{ field: 'intentId', rule: 'was used for something else already: make a new one' }]);

const unsettled = () =>
  new HoldfastError(
    'unknownOutcome',
    'funds.unsettled',
    'The venue does not tell what became of it yet. It was not sent again.',
  );

/**
 * Writes that move money: each intent is sent once. When the answer is lost the venue's own records are asked,
 * several times because they can lag; the request itself is never sent again.
 */
import { HoldfastError, toHoldfastError } from '../../../errors.ts';

const WAITS_MS = [500, 1_500, 3_000, 6_000] as const;

export interface OneSend<T> {
  /** What has to be known before; when it fails, surely nothing was sent. */
  readonly prepare?: () => Promise<void>;
  readonly send: () => Promise<T>;
  /** Asks the venue's records. Null: not there (yet). */
  readonly find: (sentAt: number) => Promise<T | null>;
}

interface Sent<T> {
  readonly sentAt: number;
  readonly running: Promise<T>;
}

interface Parts {
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** Whether the venue may have acted although the request failed. A duplicate says that an earlier one arrived. */
function mayHaveActed({ kind }: HoldfastError): boolean {
  return kind === 'unknownOutcome' || kind === 'duplicateOrder' || kind === 'protocol' || kind === 'internal';
}

export class SendOnce<T> {
  readonly #parts: Parts;
  readonly #sent = new Map<string, Sent<T>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Rejects as the venue refused, or with `unknownOutcome` when its records do not have it (yet). */
  async run(intentId: string, one: OneSend<T>): Promise<T> {
    const earlier = this.#sent.get(intentId);
    if (earlier !== undefined) return this.#again(earlier, one.find);
    const sentAt = this.#parts.clock();
    const running = this.#first(intentId, sentAt, one);
    this.#sent.set(intentId, { sentAt, running });
    return running;
  }

  async #first(intentId: string, sentAt: number, { prepare, send, find }: OneSend<T>): Promise<T> {
    let isOut = false;
    try {
      await prepare?.();
      isOut = true;
      return await send();
    } catch (thrown) {
      const error = toHoldfastError(thrown);
      if (isOut && mayHaveActed(error)) return await this.#settle(error, () => find(sentAt));
      // Surely not carried out: the same intent may be tried again.
      this.#sent.delete(intentId);
      throw error;
    }
  }

  async #again({ sentAt, running }: Sent<T>, find: OneSend<T>['find']): Promise<T> {
    try {
      return await running;
    } catch (thrown) {
      const error = toHoldfastError(thrown);
      if (error.kind !== 'unknownOutcome') throw error;
      const found = await find(sentAt);
      if (found === null) throw error;
      return found;
    }
  }

  async #settle(error: HoldfastError, find: () => Promise<T | null>): Promise<T> {
    for (const ms of WAITS_MS) {
      await this.#parts.wait(ms);
      // A look-up that failed is not "not found": the next one may tell.
      const found = await find().catch(() => null);
      if (found !== null) return found;
    }
    throw unknownOutcome(error);
  }
}

function unknownOutcome(cause: HoldfastError): HoldfastError {
  if (cause.kind === 'unknownOutcome') return cause;
  const { venueCode, venueMessage } = cause.details;
  return new HoldfastError(
    'unknownOutcome',
    'bybit.noAnswer',
    'It is not known whether Bybit carried this out.',
    {
      ...(venueCode === undefined ? {} : { venueCode }),
      ...(venueMessage === undefined ? {} : { venueMessage }),
    },
    cause,
  );
}

import { AsyncLocalStorage } from 'node:async_hooks';
import * as z from 'zod/mini';
import { HoldfastError } from '../errors.ts';
import { Signal } from '../signal.ts';
import { within } from './within.ts';
import { SerialQueue } from '../vault/serial-queue.ts';
import { readDocument, unreadable, writeDocument } from './stored-document.ts';
import type { DocumentParts } from './stored-document.ts';

export const SWITCH_KEY = 'risk.killSwitch';

const RECORD = z.strictObject({
  engaged: z.boolean(),
  engagedAt: z.nullable(z.number()),
  flatten: z.boolean(),
  /** Absent: a person engaged it. */
  reason: z.optional(z.literal('newLedger')),
});
export type SwitchRecord = Readonly<z.infer<typeof RECORD>>;
const OFF: SwitchRecord = { engaged: false, engagedAt: null, flatten: false };

interface Parts extends DocumentParts {
  /**
   * Whether the ledger knows nothing of accounts that there were before: it was deleted or damaged, and with it went
   * the state of the switch and the limits. Asked only when it has no state.
   */
  readonly isLedgerLost?: (() => Promise<boolean>) | undefined;
}

/** One closing of the switch's own. */
interface Closing {
  /** Nobody wants it any more. */
  readonly isOver: () => boolean;
}

/** How long to wait for the answer, ms. */
const ASK_MS = 3000;

/** Whether the kill switch is engaged: in memory for the gate, in the ledger for the next start. */
export class SwitchState {
  readonly changed = new Signal<SwitchRecord>();
  readonly #parts: Parts;
  readonly #writes = new SerialQueue();
  readonly #closing = new AsyncLocalStorage<Closing>();
  #record: SwitchRecord | null = null;
  #loading: Promise<SwitchRecord> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Null while it could not be read. */
  get now(): SwitchRecord | null {
    return this.#record;
  }

  /** Rejects with `risk.unreadable`; asked again, it is read again. */
  load(): Promise<SwitchRecord> {
    if (this.#record !== null) return Promise.resolve(this.#record);
    this.#loading ??= this.#read().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  /**
   * Blocks orders at once; resolves when it is durable. Rejects with a `storage` error when it cannot be written:
   * it is engaged all the same, until Holdfast ends.
   */
  async engage(flatten: boolean): Promise<void> {
    const before = this.#record;
    // One that engaged itself has stopped nothing yet: the person's word is the first.
    const isAgain = before?.engaged === true && before.reason === undefined;
    const engagedAt = isAgain ? before.engagedAt : this.#parts.clock();
    this.#set({ engaged: true, engagedAt, flatten: flatten || (isAgain && before.flatten) });
    await this.#write();
  }

  /** Durable first: after a failure it is still engaged. */
  release(): Promise<void> {
    const before = this.#record;
    return this.#writes.run(async () => {
      await writeDocument(this.#parts, SWITCH_KEY, OFF);
      // Engaged anew since the person asked: that counts, and its own write follows.
      if (this.#record === before) this.#set(OFF);
    });
  }

  /**
   * Runs what closes positions while engaged. The permission goes with the call and cannot be asked for by any
   * input: nothing outside this process can name it.
   * @param isOver whether the closing is not wanted any more
   */
  whileClosing<T>(isOver: () => boolean, action: () => Promise<T>): Promise<T> {
    return this.#closing.run({ isOver }, action);
  }

  /** Whether the caller is the switch itself, closing a position. */
  get isClosing(): boolean {
    return this.#closing.getStore() !== undefined;
  }

  /**
   * Throws while engaged, unless the caller is the switch itself closing a position: answers true for that. Such a
   * closing is nothing but that, and throws once the switch was released: the person decided to keep the position.
   */
  pass(isClosingOrder: boolean): boolean {
    if (this.#record === null) throw unreadable('The state of the kill switch');
    const closing = this.#closing.getStore();
    if (closing !== undefined && (!this.#record.engaged || closing.isOver())) throw released();
    if (!this.#record.engaged) return false;
    if (isClosingOrder && closing !== undefined) return true;
    throw new HoldfastError(
      'notAllowed',
      'risk.killSwitch',
      'The kill switch is engaged: no order, conversion, or change of leverage or margin is sent, only cancels. Transfers and withdrawals still go. Release it with your passphrase to trade again.',
      { action: 'releaseKillSwitch' },
    );
  }

  async #read(): Promise<SwitchRecord> {
    const read = await readDocument(this.#parts, SWITCH_KEY, (value) => z.parse(RECORD, value));
    // Engaged while it was read: newer.
    if (this.#record !== null) return this.#record;
    if (read.kind === 'unreadable' || read.kind === 'damaged')
      throw unreadable('The state of the kill switch');
    const first = read.kind === 'value' ? read.value : await this.#first();
    if (this.now !== null) return this.now;
    this.#set(first);
    // It counts now. Not written, it is found out again at the next start.
    if (first.reason !== undefined) await this.#write().catch(() => undefined);
    return first;
  }

  /** Where nothing is stored: off, unless what was stored is lost. Nobody releases the switch by deleting a file. */
  async #first(): Promise<SwitchRecord> {
    const { isLedgerLost, after, clock } = this.#parts;
    const isLost = isLedgerLost === undefined ? false : await within(ASK_MS, after, isLedgerLost());
    if (isLost === null) throw unreadable('The state of the kill switch');
    return isLost ? { engaged: true, engagedAt: clock(), flatten: false, reason: 'newLedger' } : OFF;
  }

  #write(): Promise<void> {
    return this.#writes.run(async () => {
      if (this.#record !== null) await writeDocument(this.#parts, SWITCH_KEY, this.#record);
    });
  }

  #set(record: SwitchRecord): SwitchRecord {
    this.#record = record;
    this.changed.emit(record);
    return record;
  }
}

const released = () =>
  new HoldfastError(
    'notAllowed',
    'risk.killSwitchReleased',
    'Nothing was sent: the kill switch was released before this position was closed.',
  );

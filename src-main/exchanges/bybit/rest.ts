/** How the parts of the Bybit adapter ask over REST. `rest-client.ts` is the real one; tests hand in their own. */
import type { SendDeadline } from '../../net/send-deadline.ts';
import type { Lane } from '../../net/types.ts';

/** Values are written as they are; undefined ones are left out. Lists are written by the caller, with commas. */
export type BybitParams = Readonly<Record<string, string | number | boolean | undefined>>;

export interface BybitCall {
  /** For log and latency: `order.create`, `wallet.balance`. */
  readonly operation: string;
  /** For example `/v5/order/create`. */
  readonly path: string;
  readonly params?: BybitParams;
  readonly lane: Lane;
  /** Requests that the venue allows per UID in `windowMs` (default 1000) for this budget; absent = public. */
  readonly budget?: {
    readonly name: string;
    readonly limit: number;
    readonly windowMs?: number;
    readonly units?: number;
  };
}

/** A write carries a JSON body of any depth (batches have lists). */
export interface BybitWrite extends Omit<BybitCall, 'params'> {
  readonly body: Readonly<Record<string, unknown>>;
  /** False for a POST that only asks (pre-check, a quote): a lost answer is then `unavailable`. Default true. */
  readonly acts?: boolean;
  /** Past it nothing is sent, not on a second try either. Default in lane `order`: 5 s for each try. */
  readonly deadline?: SendDeadline | undefined;
}

/** A whole answer with `retCode` 0. */
export interface BybitAnswer {
  readonly result: unknown;
  /** Per-item codes of batches. */
  readonly retExtInfo: unknown;
  /** Venue time, ms. */
  readonly time: number;
}

export interface BybitRest {
  /** Unsigned. Rejects with a HoldfastError classified by the sheet's section 6.3, as the others do. */
  ask(call: BybitCall): Promise<BybitAnswer>;
  /** Signed GET. On 10002 the clock is taken anew and the read tried once more. */
  get(call: BybitCall): Promise<BybitAnswer>;
  /** Signed POST. Never sent twice, whatever happens, except after a 10002 (surely not carried out). */
  post(write: BybitWrite): Promise<BybitAnswer>;
}

import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { ErrorShape, Result } from '../../../../src-preload/contract/result.ts';
import type { Order, OrderDraft, OrderPreview } from '../../../../src-preload/contract/types/trading.ts';
import { shapeOf } from '../../../lib/api.ts';

/** A second press within this time is a double click, not a second order. */
const DOUBLE_CLICK_MS = 300;

export interface SubmitOptions {
  readonly draft: () => OrderDraft | null;
  /** A preview for the draft as it stands now, or null when it cannot be had. */
  readonly freshPreview: () => Promise<OrderPreview | null>;
  readonly confirm: () => boolean;
  /** True: every press is an order. False: a press right after another one is a double click. */
  readonly repeats: () => boolean;
  readonly place: (order: OrderDraft & { intentId: string }) => Promise<Result<Order>>;
  readonly placed: (order: Order) => void;
  readonly failed: (error: ErrorShape) => void;
  /** A press was taken for a double click; told once for each order, because a held key repeats. */
  readonly doubled: () => void;
  readonly now?: () => number;
  readonly newIntentId?: () => string;
}

/** What the person is asked to confirm: exactly this is sent, whatever the ticket says by then. */
export interface Review {
  readonly draft: OrderDraft;
  readonly preview: OrderPreview;
}

export interface Submit {
  readonly review: Readonly<ShallowRef<Review | null>>;
  readonly busy: Readonly<Ref<boolean>>;
  /** First press: asks main once more, then opens the review, or sends where confirmations are off. */
  readonly press: () => Promise<void>;
  /** Second press: sends what was reviewed. */
  readonly send: () => Promise<void>;
  readonly leave: () => void;
  /** True when a press now would be the second half of a double click; says so. */
  readonly isDouble: () => boolean;
}

/** The two strokes of an order. One press makes one intent id; whatever repeats it is the same order. */
export function useSubmit(options: SubmitOptions): Submit {
  // Monotonic: a corrected system clock must neither swallow a press nor let a double click through.
  const now = options.now ?? (() => performance.now());
  const newIntentId = options.newIntentId ?? (() => crypto.randomUUID());
  const review = shallowRef<Review | null>(null);
  const busy = ref(false);
  let lastSent = Number.NEGATIVE_INFINITY;
  let told = false;

  function isDouble(): boolean {
    if (options.repeats() || now() - lastSent >= DOUBLE_CLICK_MS) return false;
    if (!told) options.doubled();
    told = true;
    return true;
  }

  async function dispatch(draft: OrderDraft): Promise<void> {
    if (isDouble()) return;
    lastSent = now();
    told = false;
    busy.value = true;
    try {
      const result = await options.place({ ...draft, intentId: newIntentId() });
      if (result.ok) options.placed(result.value);
      else options.failed(result.error);
    } catch (thrown) {
      options.failed(shapeOf(thrown));
    } finally {
      // Counted from the answer as well: an impatient second click must not land on the next order.
      lastSent = now();
      busy.value = false;
      review.value = null;
    }
  }

  async function press(): Promise<void> {
    if (busy.value || isDouble()) return;
    const draft = options.draft();
    if (draft === null) return;
    busy.value = true;
    const preview = await options.freshPreview().finally(() => {
      busy.value = false;
    });
    if (preview === null || preview.problems.length > 0) return;
    if (options.confirm()) review.value = { draft, preview };
    else await dispatch(draft);
  }

  async function send(): Promise<void> {
    if (busy.value || review.value === null) return;
    await dispatch(review.value.draft);
  }

  const leave = (): void => {
    if (!busy.value) review.value = null;
  };

  return { review, busy, press, send, leave, isDouble };
}

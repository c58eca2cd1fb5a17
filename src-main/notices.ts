import type { Notice } from '../src-preload/contract/types/app.ts';
import { toHoldfastError } from './errors.ts';
import { Signal } from './signal.ts';

/** What a person has to know that is no failure of a call: one entry a cause, until dismissed or settled. */
export class Notices {
  readonly #notices = new Map<string, Notice>();
  readonly changed = new Signal<readonly Notice[]>();

  all(): readonly Notice[] {
    return [...this.#notices.values()];
  }

  add(notice: Notice): void {
    const known = this.#notices.get(notice.id);
    if (known?.message === notice.message) return;
    this.#notices.set(notice.id, notice);
    this.changed.emit(this.all());
  }

  /** A failure as a notice; the same cause again replaces the earlier one. */
  failure(id: string, error: unknown, severity: Notice['severity'] = 'error'): void {
    const { code, message } = toHoldfastError(error);
    this.add({ id, severity, code, message });
  }

  dismiss(id: string): void {
    if (this.#notices.delete(id)) this.changed.emit(this.all());
  }
}

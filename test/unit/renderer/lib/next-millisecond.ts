import { vi } from 'vitest';

/**
 * Waits until the clock shows another millisecond, at once where the clock is a test's own. Vue ignores an event of
 * the very millisecond in which its listener was added: a button pressed as soon as it is there would do nothing,
 * now and then.
 */
export async function nextMillisecond(): Promise<void> {
  if (vi.isFakeTimers()) return;
  const now = Date.now();
  while (Date.now() === now) await Promise.resolve();
}

/**
 * Calls a listener so that its failure is its own: it surfaces as an uncaught error, as any bug does, and not as
 * the outcome of the order or the market step that was being told.
 */
export function notify(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

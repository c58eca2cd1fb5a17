/** Calls back after `ms` unless the answered function is called before. */
export type After = (ms: number, run: () => void) => () => void;

/** What `work` answers, or null when it fails or takes longer than `ms`: no order may hang on a slow venue. */
export function within<T>(ms: number, after: After, work: Promise<T>): Promise<T | null> {
  return new Promise((resolve) => {
    const cancel = after(ms, () => resolve(null));
    work.then(
      (value) => {
        cancel();
        resolve(value);
      },
      () => {
        cancel();
        resolve(null);
      },
    );
  });
}

/** Runs a task once, whoever asks and however often; after a failure the next one to ask runs it again. */
export function onceDone(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () =>
    (running ??= task().catch((error: unknown) => {
      running = null;
      throw error;
    }));
}

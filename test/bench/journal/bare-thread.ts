/** The bare write for each message, in a thread: what an entry costs when the main process must not wait for the disk. */
import { parentPort, workerData } from 'node:worker_threads';
import { openBare } from './bare.ts';

const bare = openBare(String(workerData));
parentPort?.on('message', () => {
  bare.write();
  parentPort?.postMessage(null);
});

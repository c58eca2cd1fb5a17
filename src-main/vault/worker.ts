import { parentPort } from 'node:worker_threads';
import { toHoldfastError } from '../errors.ts';
import { RingAnswerer } from './sign-ring.ts';
import { VaultCore } from './vault-core.ts';
import { perform } from './worker-dispatch.ts';
import type { WorkerReply, WorkerRequest } from './worker-protocol.ts';

/**
 * Entry of the vault worker. It has a message port and nothing else: it opens no file and no socket, and it is
 * terminated on lock, which frees its whole heap.
 */
const port = parentPort;
if (port === null) throw new Error('The vault worker runs in a worker thread only.');

const core = new VaultCore();
let ring: RingAnswerer | null = null;
let handled = 0;
let inFlight = 0;

/** Sleeps on the ring while there is nothing else to do; a derivation under way needs the event loop. */
function rest(): void {
  if (ring !== null && inFlight === 0 && core.isOpen) ring.serve(handled);
}

async function handle(request: WorkerRequest): Promise<void> {
  handled += 1;
  inFlight += 1;
  if (request.name === 'configure' && request.args.ring !== null) {
    ring = new RingAnswerer(request.args.ring, (id, algorithm, payload) =>
      core.ring.sign(id, algorithm, payload),
    );
  }
  let reply: WorkerReply;
  try {
    reply = { id: request.id, ok: true, value: await perform(core, request) };
  } catch (error) {
    // Only the safe shape leaves: the text of a library error could quote what it was given.
    reply = { id: request.id, ok: false, error: toHoldfastError(error).toShape() };
  }
  inFlight -= 1;
  port?.postMessage(reply);
  setImmediate(rest);
}

port.on('message', (request: WorkerRequest) => void handle(request));

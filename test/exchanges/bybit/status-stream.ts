/** The stream of maintenance notices. */
import { maintenancePayload } from './market-rest.ts';
import type { Stream } from './stream.ts';
import type { World } from './world.ts';

/** `/v5/public/misc/status`: maintenance notices. */
export class StatusStream {
  readonly #world: World;
  readonly #streams = new Set<Stream>();

  constructor(world: World) {
    this.#world = world;
  }

  accept(stream: Stream): void {
    stream.onClose(() => this.#streams.delete(stream));
    stream.onMessage((message) => {
      const id = typeof message['req_id'] === 'string' ? { req_id: message['req_id'] } : {};
      if (message['op'] === 'ping')
        stream.send({ success: true, ret_msg: 'pong', conn_id: stream.context.connId, ...id, op: 'ping' });
      if (message['op'] !== 'subscribe') return;
      this.#streams.add(stream);
      stream.acknowledge({
        success: true,
        ret_msg: '',
        conn_id: stream.context.connId,
        ...id,
        op: 'subscribe',
      });
    });
  }

  announce(entry: World['maintenance'][number]): void {
    const data = [maintenancePayload(entry)];
    for (const stream of this.#streams)
      stream.send({ topic: 'system.status', ts: this.#world.time.now(), data });
  }
}

import type { Codec, LiveReference, LiveValues } from './codec.ts';

/** One end of the synchronous bridge between the preload's isolated world and the page's main world. */
export interface BridgeEnd {
  /** Sends a value under a key and throws what the other end threw while taking it. */
  offer(key: string, value: unknown): void;
  /** Called for each offer of the other end, with the local copy. */
  onOffer(listener: (key: string, value: unknown) => void): void;
}

/** What the two ends share: both worlds see the same event target, each with its own wrappers. */
export interface SharedTarget {
  addEventListener(name: string, listener: (event: Event) => void): void;
  dispatchEvent(event: Event): boolean;
}

/**
 * `dispatchEvent` runs the other world's listener before it returns, which makes calls across the worlds
 * synchronous, as Electron's are. Only strings cross, so no object of one world is ever reachable from the other.
 *
 * Self-contained, because its source text is injected into both worlds; the built-ins it needs are taken before
 * the page can replace them.
 */
export function createBridgeEnd(
  codec: Codec,
  target: SharedTarget,
  outgoing: string,
  incoming: string,
): BridgeEnd {
  type Frame = ['call', number, string] | ['reply', boolean, string] | ['settle', number, boolean, string];
  type OfferFrame = ['offer', string, string];

  const dispatch = target.dispatchEvent.bind(target);
  const MessageCarrier = CustomEvent;
  const detailOf = Object.getOwnPropertyDescriptor(CustomEvent.prototype, 'detail')?.get;
  const apply = Reflect.apply;
  const parse = JSON.parse.bind(JSON);
  const print = JSON.stringify.bind(JSON);
  const owned = new Map<number, object>();
  const proxies = new WeakMap<object, LiveReference>();
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  let lastReply: [ok: boolean, value: string] | undefined;
  let nextId = 1;
  let offered: (key: string, value: unknown) => void = () => undefined;

  function post(frame: Frame | OfferFrame): void {
    dispatch(new MessageCarrier(outgoing, { detail: print(frame) }));
  }

  /** Posts a request and gives its answer; requests nest like calls, so the last reply is always ours. */
  function request(frame: Frame | OfferFrame): unknown {
    lastReply = undefined;
    post(frame);
    const reply = lastReply as [ok: boolean, value: string] | undefined;
    lastReply = undefined;
    if (!reply) throw new Error('The other world did not answer.');
    const value = codec.decode(reply[1], live);
    if (!reply[0]) throw value;
    return value;
  }

  function callable(reference: LiveReference): (...args: unknown[]) => unknown {
    const proxy = (...args: unknown[]): unknown => request(['call', reference.id, codec.encode(args, live)]);
    proxies.set(proxy, reference);
    return proxy;
  }

  const live: LiveValues = {
    refer(value) {
      const theirs = proxies.get(value);
      if (theirs) return { ...theirs, owner: 'yours' };
      const id = nextId++;
      if (typeof value === 'function') {
        owned.set(id, value);
        return { kind: 'function', owner: 'own', id };
      }
      const settle = (ok: boolean, result: unknown): void => post(['settle', id, ok, encodeOrError(result)]);
      (value as Promise<unknown>).then(
        (result) => settle(true, result),
        (error: unknown) => settle(false, error),
      );
      return { kind: 'promise', owner: 'own', id };
    },
    resolve(reference) {
      if (reference.owner === 'yours') return owned.get(reference.id);
      if (reference.kind === 'function') return callable(reference);
      return new Promise((resolve, reject) => waiting.set(reference.id, { resolve, reject }));
    },
  };

  function encodeOrError(value: unknown): string {
    try {
      return codec.encode(value, live);
    } catch (error) {
      return codec.encode(error, live);
    }
  }

  function answer(work: () => unknown): void {
    let frame: Frame;
    try {
      frame = ['reply', true, codec.encode(work(), live)];
    } catch (error) {
      frame = ['reply', false, encodeOrError(error)];
    }
    post(frame);
  }

  function settle([, id, ok, text]: ['settle', number, boolean, string]): void {
    const promise = waiting.get(id);
    waiting.delete(id);
    const value = codec.decode(text, live);
    if (ok) promise?.resolve(value);
    else promise?.reject(value);
  }

  target.addEventListener(incoming, (event) => {
    const frame = parse(apply(detailOf as () => string, event, [])) as Frame | OfferFrame;
    switch (frame[0]) {
      case 'reply':
        lastReply = [frame[1], frame[2]];
        return;
      case 'settle':
        return settle(frame);
      case 'call':
        return answer(() => {
          const args = codec.decode(frame[2], live) as unknown[];
          return apply(owned.get(frame[1]) as (...args: unknown[]) => unknown, undefined, args);
        });
      case 'offer':
        return answer(() => {
          offered(frame[1], codec.decode(frame[2], live));
          return true;
        });
    }
  });

  return {
    offer: (key, value) => void request(['offer', key, codec.encode(value, live)]),
    onOffer: (listener) => {
      offered = listener;
    },
  };
}

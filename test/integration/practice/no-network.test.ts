import dns from 'node:dns';
import { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { CONTEXT, ORDER, created } from '../running.ts';

describe('somebody who only practises', () => {
  it('makes no network connection at all, from the first start to trading and looking around', async () => {
    // Every connection of Node, TLS, HTTP and WebSockets included, goes through these two.
    const connect = vi.spyOn(Socket.prototype, 'connect');
    const lookUp = vi.spyOn(dns, 'lookup');
    const app = await created();
    const { handlers } = app;
    await handlers.accounts.venues({}, CONTEXT);
    await handlers.accounts.inspect({ accountId: 'practice' }, CONTEXT);
    await handlers.market.instruments({ venue: 'practice' }, CONTEXT);
    await handlers.trading.place(
      { ...ORDER, type: 'market', timeInForce: 'IOC', quantity: '0.01', intentId: 'intent-1' },
      CONTEXT,
    );
    await handlers.portfolio.refresh({}, CONTEXT);
    expect(await handlers.activity.requests({ limit: 10, offset: 0 }, CONTEXT)).toEqual({
      rows: [],
      total: 0,
    });
    expect(await handlers.activity.latency({}, CONTEXT)).toEqual([]);
    for (const venue of ['bybit', 'bybit-testnet'] as const) {
      const asked = Promise.resolve().then(() => handlers.market.instruments({ venue }, CONTEXT));
      await expect(asked).rejects.toMatchObject({ kind: 'unavailable' });
    }
    const { health } = app.application.host.live();
    expect(health.now().venues.map(({ venue }) => venue)).toEqual(['practice']);
    await handlers.vault.lock({}, CONTEXT);
    await app.application.host.settled();
    expect(connect).not.toHaveBeenCalled();
    expect(lookUp).not.toHaveBeenCalled();
  });
});

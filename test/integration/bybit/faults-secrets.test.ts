/** Whatever the venue writes back: our key, secret and signatures are in no log and in no message. */
import { describe, expect, it, vi } from 'vitest';
import { arrivals, failure, goLive, KEY, lastState, OVER_REST, rig, SECRET, WAIT } from './support.ts';

/** As Bybit answers a bad signature: with the text that it expected to be signed. */
const QUOTING = `error sign! origin_string[1700000000000${KEY}5000category=linear], sign[${'ab12'.repeat(16)}]`;

describe('a venue that quotes what we sent', () => {
  it.each([10001, 10003, 10004])(
    'in a refusal (%i) over REST is told without key and signature',
    async (code) => {
      const made = await rig(OVER_REST);
      await made.account.positions();
      made.venue.faults.http('/v5/order/create', { kind: 'code', code, message: QUOTING });
      const { details, message } = await failure(made.account.place(made.request()));
      const text = JSON.stringify([details, message]);
      expect(text).toContain('error sign!');
      for (const secret of [KEY, 'ab12ab12ab12']) expect(text).not.toContain(secret);
      const logged = JSON.stringify(await made.log());
      expect(logged).toContain('order.create');
      for (const secret of [KEY, SECRET, 'ab12ab12ab12']) expect(logged).not.toContain(secret);
    },
  );

  it('in a refusal over the order-entry connection is told without them, too', async () => {
    const made = await rig();
    await goLive(made);
    made.venue.faults.trade('order.create', { kind: 'code', code: 10001, message: QUOTING });
    const { details, message } = await failure(made.account.place(made.request()));
    for (const secret of [KEY, 'ab12ab12ab12'])
      expect(JSON.stringify([details, message])).not.toContain(secret);
    expect(arrivals(made).socket).toBe(1);
    const logged = JSON.stringify(await made.log());
    for (const secret of [KEY, SECRET, 'ab12ab12ab12']) expect(logged).not.toContain(secret);
  });

  it('in a refused log-in is told without them', async () => {
    const made = await rig();
    const events = await goLive(made);
    const refused = { success: false, ret_msg: QUOTING, op: 'auth', conn_id: 'c' };
    made.venue.faults.rewriteAck = (text) => (text.includes('"op":"auth"') ? JSON.stringify(refused) : text);
    made.venue.disconnect('private');
    await vi.waitFor(() => expect(lastState(events)).toMatchObject({ state: 'stale' }), WAIT);
    await vi.waitFor(() => expect(lastState(events)).not.toMatchObject({ state: 'live' }), WAIT);
    for (const secret of [KEY, 'ab12ab12ab12'])
      expect(JSON.stringify([events, made.exchange.health()])).not.toContain(secret);
  });

  it('in an answer is not logged with them', async () => {
    const made = await rig();
    await made.account.positions();
    const quote = (body: string): string => body.replace('"retMsg":"OK"', `"retMsg":"${KEY}","sign":"x"`);
    made.venue.faults.http('/v5/order/realtime', { kind: 'rewrite', rewrite: quote }, 10);
    await made.account.openOrders('BTC/USDT:USDT');
    const rows = (await made.log()).filter(({ operation }) => operation === 'order.realtime');
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(KEY);
  });
});

describe('an answer that comes after the vault was locked', () => {
  it('is still told for what it means: an unknown outcome stays one', async () => {
    const made = await rig(OVER_REST);
    await made.account.positions();
    made.venue.faults.http('/v5/order/create', {
      kind: 'rewrite',
      rewrite: (text) => {
        made.lock(true);
        return text.replace('"retCode":0', '"retCode":10016');
      },
    });
    expect((await failure(made.account.place(made.request()))).kind).toBe('unknownOutcome');
    made.lock(false);
    expect(made.venue.counters.orders()).toBe(1);
  });

  it('over the order-entry connection is told for what it means, too', async () => {
    const made = await rig();
    await goLive(made);
    made.venue.faults.trade('order.create', {
      kind: 'rewrite',
      rewrite: (text) => {
        made.lock(true);
        return text.replace('"retCode":0', '"retCode":10016');
      },
    });
    expect((await failure(made.account.place(made.request()))).kind).toBe('unknownOutcome');
    made.lock(false);
  });
});

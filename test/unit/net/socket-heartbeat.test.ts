import { describe, expect, it } from 'vitest';
import { until } from '../../support/net-time.ts';
import { last, pass, reach, session, setUp, states, time, venue } from './socket-fixture.ts';

setUp();

describe('the heartbeat', () => {
  it('pings as often as it is told, hears the answers and measures them', async () => {
    const one = session();
    one.open();
    await reach(one, 'live');
    await pass(65_000);
    expect(venue.pings).toBe(3);
    expect(one.state).toBe('live');
    expect(one.stats().latencyMs).toBeGreaterThanOrEqual(0);
    expect(venue.connections).toHaveLength(1);
  });

  it('finds a half-open connection by the missing pong, tells the doubt before, and comes back', async () => {
    const one = session();
    one.want('a');
    await reach(one, 'live');
    venue.answersPings = false;
    await pass(26_000);
    expect(one.state).toBe('stale');
    expect(one.send('order')).toBe(false);
    await pass(4_000);
    expect(states).toEqual([
      'connecting',
      'live',
      'stale: no answer to a ping yet',
      'backingOff: no answer to a ping',
    ]);
    venue.answersPings = true;
    await pass(1_000);
    await reach(one, 'live');
    await until(() => venue.frames.length === 2);
    expect(venue.frames).toEqual(['sub:a', 'sub:a']);
  });

  it('is live again when the pong comes late but in time', async () => {
    const one = session();
    one.open();
    await reach(one, 'live');
    venue.answersPings = false;
    await pass(27_000);
    expect(one.state).toBe('stale');
    last().send('pong');
    await reach(one, 'live');
    venue.answersPings = true;
    await pass(30_000);
    expect(venue.connections).toHaveLength(1);
  });

  it('closes a connection on which nothing comes, even when pings are rarer', async () => {
    const one = session({ timing: { pingEveryMs: 600_000, silentMs: 30_000 } });
    one.open();
    await reach(one, 'live');
    await pass(20_000);
    last().send('sign of life');
    await pass(25_000);
    expect(one.state).toBe('live');
    await pass(7_000);
    expect(states.at(-1)).not.toBe('live');
    expect(states).toContain('backingOff: nothing came for too long');
  });

  it('is asked for at once after sleep, and the silence of the sleep is forgiven', async () => {
    const one = session();
    one.open();
    await reach(one, 'live');
    time.sleep(3_600_000);
    await until(() => venue.pings === 1, 'a ping right after waking');
    expect(one.state).toBe('live');
    await pass(20_000);
    expect(venue.connections).toHaveLength(1);
  });

  it('finds the connection dead that did not survive the sleep', async () => {
    const one = session();
    one.open();
    await reach(one, 'live');
    venue.answersPings = false;
    time.sleep(3_600_000);
    await pass(10_000);
    expect(states).toContain('backingOff: no answer to a ping');
  });

  it('pings on wake without waiting for its time', async () => {
    const one = session();
    one.open();
    await reach(one, 'live');
    one.wake();
    await until(() => venue.pings === 1);
    await pass(3_000);
    expect(one.state).toBe('live');
  });
});

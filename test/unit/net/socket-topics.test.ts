import { describe, expect, it } from 'vitest';
import { settle, until } from '../../support/net-time.ts';
import { faults, last, pass, reach, session, setUp, time, venue } from './socket-fixture.ts';

setUp();

describe('topics', () => {
  it('subscribes once however many want it, and unsubscribes with the last', async () => {
    const one = session();
    const stops = [one.want('a'), one.want('a')];
    await reach(one, 'live');
    stops[0]?.();
    stops[0]?.();
    one.want('b');
    await until(() => venue.frames.length === 2);
    stops[1]?.();
    await until(() => venue.frames.length === 3);
    expect(venue.frames).toEqual(['sub:a', 'sub:b', 'unsub:a']);
  });

  it('says nothing for a change of mind in the same turn', async () => {
    const one = session();
    one.want('a');
    await reach(one, 'live');
    const stop = one.want('b');
    stop();
    one.want('c');
    await until(() => venue.frames.length === 2);
    expect(venue.frames).toEqual(['sub:a', 'sub:c']);
  });

  it('asks for exactly what is wanted after a loss: 500 topics in requests of ten', async () => {
    const one = session();
    const stops = Array.from({ length: 505 }, (_, n) => one.want(`t${String(n)}`));
    await reach(one, 'live');
    await until(() => venue.frames.length === 51);
    venue.frames.length = 0;
    last().terminate();
    await reach(one, 'backingOff');
    for (const stop of stops.slice(0, 5)) stop();
    time.advance(1000);
    await reach(one, 'live');
    await until(() => venue.frames.length === 50);
    await settle();
    expect(venue.frames).toHaveLength(50);
    const asked = venue.frames.flatMap((text) => text.slice(4).split(','));
    expect(asked).toEqual(Array.from({ length: 500 }, (_, n) => `t${String(n + 5)}`));
    expect(venue.frames.every((text) => text.split(',').length <= 10)).toBe(true);
  });

  it('renews a topic by leaving and asking again, and only one that it has', async () => {
    const one = session();
    one.want('a');
    one.renew('a');
    await reach(one, 'live');
    await until(() => venue.frames.length === 1);
    one.renew('a');
    one.renew('never wanted');
    await until(() => venue.frames.length === 3);
    expect(venue.frames).toEqual(['sub:a', 'unsub:a', 'sub:a']);
  });

  it('tells everybody who wants a refused topic and never asks for it again by itself', async () => {
    const one = session();
    const refused: string[] = [];
    one.want('bad', (error) => refused.push(`first: ${error.message}`));
    one.want('bad', () => {
      throw new Error('listener broke');
    });
    one.want('bad', (error) => refused.push(`second: ${error.message}`));
    one.want('good');
    await reach(one, 'live');
    await until(() => venue.frames.length === 1);
    last().send('no:bad,unknown');
    await until(() => refused.length === 2);
    expect(refused).toEqual(['first: no such topic', 'second: no such topic']);
    expect(faults).toHaveLength(1);
    venue.frames.length = 0;
    await pass(2000);
    one.restart('test');
    await until(() => venue.frames.length === 1);
    expect(venue.frames).toEqual(['sub:good']);
    one.want('bad');
    await until(() => venue.frames.length === 2);
    expect(venue.frames[1]).toBe('sub:bad');
  });
});

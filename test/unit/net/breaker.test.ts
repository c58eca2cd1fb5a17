import { beforeEach, describe, expect, it } from 'vitest';
import {
  Breaker,
  BREAKER_FAILURES,
  BREAKER_LONGEST_OPEN_MS,
  BREAKER_OPEN_MS,
  BREAKER_WINDOW_MS,
} from '../../../src-main/net/breaker.ts';
import { FakeTime } from '../../support/net-time.ts';

let time: FakeTime;
let breaker: Breaker;
beforeEach(() => {
  time = new FakeTime();
  breaker = new Breaker(time);
});
const fail = (times: number): void => {
  for (let n = 0; n < times; n += 1) breaker.failed();
};

describe('the error-rate breaker', () => {
  it('opens for reads after many failures in a short time and says for how long', () => {
    fail(BREAKER_FAILURES - 1);
    expect(breaker.refuse('publicRead')).toBeNull();
    fail(1);
    for (const lane of ['privateRead', 'publicRead'] as const)
      expect(breaker.refuse(lane)).toMatchObject({
        kind: 'unavailable',
        code: 'net.breakerOpen',
        details: { retryAfterMs: BREAKER_OPEN_MS },
      });
  });

  it('never holds up a cancel or an order', () => {
    fail(BREAKER_FAILURES);
    expect(breaker.refuse('cancel')).toBeNull();
    expect(breaker.refuse('order')).toBeNull();
  });

  it('stays closed when the same failures are spread out', () => {
    for (let n = 0; n < 100; n += 1) {
      breaker.failed();
      time.advance(BREAKER_WINDOW_MS / (BREAKER_FAILURES - 1));
    }
    expect(breaker.refuse('publicRead')).toBeNull();
  });

  it('lets one read through as a probe and closes when it is answered', () => {
    fail(BREAKER_FAILURES);
    time.advance(BREAKER_OPEN_MS);
    expect(breaker.refuse('publicRead')).toBeNull();
    expect(breaker.refuse('publicRead')).not.toBeNull();
    breaker.answered();
    expect(breaker.refuse('publicRead')).toBeNull();
    expect(breaker.refuse('privateRead')).toBeNull();
  });

  it('opens again, for twice as long each time, when the probe fails', () => {
    fail(BREAKER_FAILURES);
    let openMs = BREAKER_OPEN_MS;
    for (let n = 0; n < 10; n += 1) {
      time.advance(openMs);
      expect(breaker.refuse('publicRead')).toBeNull();
      fail(1);
      openMs = Math.min(BREAKER_LONGEST_OPEN_MS, openMs * 2);
      expect(breaker.refuse('publicRead')).toMatchObject({ details: { retryAfterMs: openMs } });
    }
  });

  it('opens again when the adapter judges the answered probe to be a failure', () => {
    fail(BREAKER_FAILURES);
    time.advance(BREAKER_OPEN_MS);
    breaker.refuse('publicRead');
    breaker.answered();
    breaker.failed();
    expect(breaker.refuse('publicRead')).toMatchObject({ details: { retryAfterMs: BREAKER_OPEN_MS * 2 } });
  });

  it('starts with the short wait again after a good time', () => {
    fail(BREAKER_FAILURES);
    time.advance(BREAKER_OPEN_MS);
    breaker.refuse('publicRead');
    fail(1);
    time.advance(BREAKER_OPEN_MS * 2);
    breaker.refuse('publicRead');
    breaker.answered();
    time.advance(BREAKER_WINDOW_MS);
    fail(BREAKER_FAILURES);
    expect(breaker.refuse('publicRead')).toMatchObject({ details: { retryAfterMs: BREAKER_OPEN_MS } });
  });

  it('probes again when a probe was never heard of', () => {
    fail(BREAKER_FAILURES);
    time.advance(BREAKER_OPEN_MS);
    expect(breaker.refuse('publicRead')).toBeNull();
    time.advance(BREAKER_OPEN_MS);
    expect(breaker.refuse('publicRead')).toBeNull();
  });
});

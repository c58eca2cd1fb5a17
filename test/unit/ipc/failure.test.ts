import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import { failureOf } from '../../../src-main/ipc/failure.ts';
import { FakeLog } from './fakes.ts';

describe('failureOf', () => {
  it('passes a known error on as its shape and logs nothing', () => {
    const log = new FakeLog();
    const error = new HoldfastError('rateLimited', 'venue.slow', 'Slow down.', { retryAfterMs: 100 });
    const expected = { kind: 'rateLimited', code: 'venue.slow', message: 'Slow down.', retryAfterMs: 100 };
    expect(failureOf(error, 'trading.place', log)).toEqual(expected);
    expect(log.entries).toEqual([]);
  });

  it('hides the text of an unknown error from the window and from the log', () => {
    const log = new FakeLog();
    const shape = failureOf(new TypeError('cannot read test-secret-1 of /home/me'), 'vault.unlock', log);
    expect(shape).toMatchObject({ kind: 'internal', code: 'internal.unexpected' });
    expect(JSON.stringify([shape, log.entries])).not.toContain('test-secret-1');
    expect(log.entries[0]).toMatchObject({
      level: 'error',
      fields: { where: 'vault.unlock', name: 'TypeError' },
    });
    expect(log.entries[0]?.fields['frames']).not.toEqual([]);
  });

  it('copes with a thrown value that is no error', () => {
    const log = new FakeLog();
    expect(failureOf('test-secret-2', 'x', log).code).toBe('internal.unexpected');
    expect(JSON.stringify(log.entries)).not.toContain('test-secret-2');
  });
});

import { describe, expect, it } from 'vitest';
import { atMost } from '../../../src-main/trading/at-most.ts';

describe('calls of which so many may run at a time', () => {
  it('all run, never more of them at once, and as many as may', async () => {
    const run = atMost(3);
    let [running, most] = [0, 0];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        run(async () => {
          most = Math.max(most, (running += 1));
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          return n;
        }),
      ),
    );
    expect(answers).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(most).toBe(3);
  });

  it('give their place on when they fail', async () => {
    const run = atMost(1);
    const failing = [1, 2].map(() => run(() => Promise.reject(new Error('down'))));
    expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await run(() => Promise.resolve('next'))).toBe('next');
  });
});

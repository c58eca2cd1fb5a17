import { describe, expect, it } from 'vitest';
import { remarksOf } from '../../../../src-main/exchanges/bybit/remarks.ts';
import { harness } from './private/harness.ts';

const nothing = { problems: [], unknown: [], protocolErrors: 0 };

describe('what Bybit sends otherwise than documented', () => {
  it('is nothing to remark on when there is nothing', () => {
    expect(remarksOf(nothing)).toEqual([]);
    expect(harness().exchange.health()).not.toHaveProperty('remarks');
  });

  it('is told in sentences: markets that were left out, delisted ones, unknown fields', () => {
    expect(
      remarksOf({
        problems: ['spot XYZUSDT was left out.'],
        unknown: ['market.linear OLDUSDT', 'order.newField'],
        protocolErrors: 2,
      }),
    ).toEqual([
      'spot XYZUSDT was left out.',
      'Messages of public streams that could not be read so far: 2.',
      'Markets of orders or positions that are not listed any more: linear OLDUSDT.',
      'Fields that Holdfast does not know and leaves out: order.newField.',
    ]);
  });

  it('does not grow with what a venue makes up', () => {
    const unknown = Array.from({ length: 500 }, (_, index) => `order.${'x'.repeat(500)}${String(index)}`);
    const problems = Array.from({ length: 500 }, (_, index) => `problem ${String(index)}`);
    const remarks = remarksOf({ ...nothing, unknown, problems });
    expect(remarks).toHaveLength(22);
    expect(remarks.at(-1)?.length).toBeLessThan(1_200);
    expect(remarks.at(-1)).toContain('and 488 more');
  });

  it('reaches the health of the venue', async () => {
    const { exchange, account } = harness({
      '/v5/account/info': () => ({ unifiedMarginStatus: 6, marginMode: 'REGULAR_MARGIN', surprise: 1 }),
    });
    await account.balances().catch(() => undefined);
    expect(exchange.health().remarks).toEqual([
      expect.stringContaining('account.info.surprise') as unknown as string,
    ]);
  });
});

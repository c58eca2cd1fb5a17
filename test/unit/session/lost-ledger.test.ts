import { expect, it } from 'vitest';
import { lostLedger } from '../../../src-main/session/lost-ledger.ts';

type Parts = Parameters<typeof lostLedger>[0];
const isLost = (keys: readonly string[], remembered: readonly string[]) => {
  const list = () => Promise.resolve(remembered.map((id) => ({ id })));
  const vault = { listKeys: () => keys.map((id) => ({ id })) };
  return lostLedger({ vault, ledger: { repositories: { accounts: { list } } } } as unknown as Parts)();
};

it('is one that remembers none of the keys that there are', async () => {
  expect(await isLost(['a', 'b'], [])).toBe(true);
  // Of another vault, or the name of the practice account.
  expect(await isLost(['a'], ['practice', 'z'])).toBe(true);
});

it('is not one that remembers one of them, nor any while there is no key', async () => {
  expect(await isLost(['a', 'b'], ['practice', 'b'])).toBe(false);
  expect(await isLost([], [])).toBe(false);
});

// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';
import { useTopic } from '../../../../src-renderer/lib/use-topic.ts';
import { installBridge } from './bridge.ts';

type Market = { venue: 'practice'; symbol: string };
const btc: Market = { venue: 'practice', symbol: 'BTC/USDT' };
const eth: Market = { venue: 'practice', symbol: 'ETH/USDT' };
const key = (market: Market): string => `market.ticker ${JSON.stringify({ market })}`;
const tick = { ok: true as const, value: { last: '1' } };

describe('useTopic', () => {
  it('opens one subscription and closes it with its scope', () => {
    const bridge = installBridge();
    const scope = effectScope();
    scope.run(() => useTopic('market.ticker', { market: btc }, { next: () => undefined }));
    expect(bridge.open.get(key(btc))?.size).toBe(1);
    scope.stop();
    expect(bridge.open.get(key(btc))?.size).toBe(0);
  });

  it('moves to the new parameters and lets go of the old ones', async () => {
    const bridge = installBridge();
    const market = ref(btc);
    const scope = effectScope();
    scope.run(() => useTopic('market.ticker', () => ({ market: market.value }), { next: () => undefined }));
    market.value = eth;
    await nextTick();
    expect([bridge.open.get(key(btc))?.size, bridge.open.get(key(eth))?.size]).toEqual([0, 1]);
    scope.stop();
  });

  it('does not open anew for an equal object', async () => {
    const bridge = installBridge();
    const market = ref({ ...btc });
    const seen: unknown[] = [];
    const scope = effectScope();
    scope.run(() =>
      useTopic('market.ticker', () => ({ market: market.value }), { next: (event) => seen.push(event) }),
    );
    const [listener] = bridge.open.get(key(btc)) ?? [];
    market.value = { ...btc };
    await nextTick();
    expect(bridge.open.get(key(btc))?.has(listener!)).toBe(true);
    scope.stop();
  });

  it('shows no event of a market that was left, even one that was under way', async () => {
    const bridge = installBridge();
    const market = ref(btc);
    const seen: unknown[] = [];
    const scope = effectScope();
    scope.run(() =>
      useTopic('market.ticker', () => ({ market: market.value }), { next: (event) => seen.push(event) }),
    );
    const [late] = bridge.open.get(key(btc)) ?? [];
    market.value = eth;
    await nextTick();
    late?.(tick);
    expect(seen).toEqual([]);
    bridge.emit(key(eth), tick);
    expect(seen).toEqual([{ last: '1' }]);
    scope.stop();
  });

  it('subscribes to nothing while the parameters are null', () => {
    const bridge = installBridge();
    const scope = effectScope();
    scope.run(() => useTopic('market.ticker', null, { next: () => undefined }));
    expect(bridge.open.size).toBe(0);
    scope.stop();
  });

  it('hands a refusal to the error listener', () => {
    const bridge = installBridge();
    const errors: string[] = [];
    const scope = effectScope();
    scope.run(() =>
      useTopic(
        'market.ticker',
        { market: btc },
        { next: () => undefined, error: ({ code }) => errors.push(code) },
      ),
    );
    bridge.emit(key(btc), { ok: false, error: { code: 'vault.locked', kind: 'locked', message: '' } });
    expect(errors).toEqual(['vault.locked']);
    scope.stop();
  });
});

import { describe, expect, it } from 'vitest';
import { firstOf } from '../../../../src-renderer/features/trade/market/use-market-choice.ts';
import type { Instrument } from '../../../../src-preload/contract/types/market.ts';

const market = (symbol: string, over: Partial<Instrument> = {}): Instrument => ({
  venue: 'bybit',
  symbol,
  nativeId: symbol,
  kind: 'linear',
  base: symbol.split('/')[0] ?? '',
  quote: 'USDT',
  status: 'trading',
  tickSize: '0.1',
  lotSize: '0.001',
  quantityUnit: 'base',
  minQuantity: '0.001',
  ...over,
});
const bitcoin = market('BTC/USDT:USDT');
const usdc = market('BTC/USDC:USDC', { quote: 'USDC' });
const dated = market('BTC/USDT:USDT-261225', { expiry: 1_798_000_000_000 });
const other = market('1INCH/USDT:USDT');
const spot = market('BTC/USDT', { kind: 'spot' });

describe('the market that a venue is entered by', () => {
  it.each([
    [
      'Bitcoin in USDT before what stands before it in the list',
      [other, dated, usdc, bitcoin, spot],
      bitcoin,
    ],
    ['Bitcoin in another coin, where USDT has none', [other, dated, usdc, spot], usdc],
    ['any perpetual before a dated future', [dated, other], other],
    [
      'whatever trades, where there is no perpetual',
      [market('A/B', { kind: 'spot', status: 'closed' }), spot],
      spot,
    ],
    [
      'the first when nothing trades',
      [{ ...bitcoin, status: 'halted' as const }],
      { ...bitcoin, status: 'halted' },
    ],
    ['none of an empty list', [], undefined],
  ])('is %s', (_name, list, expected) => {
    expect(firstOf(list)).toEqual(expected);
  });
});

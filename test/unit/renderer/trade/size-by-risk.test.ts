// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import { dropAllDrafts } from '../../../../src-renderer/lib/use-draft.ts';
import { installBridge, refusal, settle, typeInto, type Bridge } from '../lib/bridge.ts';
import { preview } from './builders.ts';
import {
  buttonWith,
  calls,
  field,
  fill,
  finish,
  modes,
  mountTicket,
  start,
  text,
  think,
} from './ticket-desk.ts';

afterEach(() => {
  finish();
  dropAllDrafts();
});

const size = (change: object = {}) => ({
  venue: 'practice',
  symbol: 'BTC/USDT:USDT',
  quantity: '0.012',
  notional: '1.2',
  risk: '9.87',
  fees: '0.12',
  currency: 'USDT',
  boundBy: 'risk',
  ...change,
});
async function open(answer: (input: unknown) => unknown): Promise<Bridge> {
  start();
  const bridge = installBridge({
    'trading.preview': () => preview(),
    'trading.marketModes': () => modes,
    'risk.positionSize': answer,
  });
  mountTicket();
  typeInto(field('Price'), '100');
  await nextTick();
  buttonWith('Size by risk')?.click();
  await think();
  return bridge;
}
async function ask(risk: string, stop: string): Promise<void> {
  typeInto(field('Risk, % of available'), risk);
  typeInto(field('Stop at'), stop);
  await nextTick();
  await vi.advanceTimersByTimeAsync(200);
  await settle();
}

describe('the size by risk', () => {
  it('asks once for what stands in the form, the percent as a fraction', async () => {
    const bridge = await open(() => size());
    await ask('1.5', '90');
    expect(calls(bridge, 'risk.positionSize').map(({ input }) => input)).toEqual([
      {
        accountId: 'acc-test',
        symbol: 'BTC/USDT:USDT',
        side: 'buy',
        entry: '100',
        stop: '90',
        riskShare: '0.015',
      },
    ]);
    expect(text()).toContain('Loss at the stop 9.87 USDT, fees of 0.12 USDT included');
  });

  it('puts the size into the ticket, and nothing is sent', async () => {
    const bridge = await open(() => size());
    await ask('1', '90');
    buttonWith('Use 0.012')?.click();
    await think();
    expect((field('Size') as HTMLInputElement).value).toBe('0.012');
    expect(calls(bridge, 'trading.place')).toEqual([]);
  });

  it('says what made it smaller than the risk', async () => {
    await open(() => size({ boundBy: 'limit' }));
    await ask('1', '90');
    expect(text()).toContain('One of your limits allows no more.');
  });

  it('names the rule beside the stop that breaks it, and offers no size', async () => {
    await open(() => {
      throw refusal('input.invalid', {
        kind: 'badInput',
        problems: [{ field: 'stop', rule: 'must be below the entry price 100 of a buy' }],
      });
    });
    await ask('1', '110');
    expect(text()).toContain('must be below the entry price 100 of a buy');
    expect(buttonWith('Use ')).toBeUndefined();
  });

  it('asks nothing while something is missing, and says what', async () => {
    const bridge = await open(() => size());
    await ask('0', '90');
    expect(text()).toContain('Give what you risk and where the stop stands.');
    expect(calls(bridge, 'risk.positionSize')).toEqual([]);
  });

  it('does not offer the size of an older question', async () => {
    await open(() => size());
    await ask('1', '90');
    expect(buttonWith('Use 0.012')?.disabled).toBe(false);
    await fill('101', '');
    expect(buttonWith('Use 0.012')?.disabled).toBe(true);
  });
});

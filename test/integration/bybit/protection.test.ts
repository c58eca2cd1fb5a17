/** Protection of a position beside what was set elsewhere: the venue takes away whatever a request leaves out. */
import { expect, it } from 'vitest';
import { get, post } from './raw-client.ts';
import * as website from './sdk-support.ts';
import { rig, SYMBOL, UID } from './support.ts';

const MARKET = { category: 'linear', symbol: 'BTCUSDT' };

it('a trailing stop and the triggering prices survive a change of the stop loss', async () => {
  const { venue, account, request } = await rig({
    prepare: (one) => one.addKey({ key: website.KEY, secret: website.SECRET, uid: UID }),
  });
  await account.place(request({ type: 'market', timeInForce: 'IOC', price: undefined, quantity: '0.1' }));
  const price = Number(venue.market('linear', 'BTCUSDT').mark);
  const level = (share: number): string => String(Math.round(price * share));
  const set = {
    ...MARKET,
    tpslMode: 'Full',
    positionIdx: 0,
    takeProfit: level(1.2),
    stopLoss: level(0.8),
    slTriggerBy: 'MarkPrice',
    trailingStop: '500',
  };
  expect(await post(venue, '/v5/position/trading-stop', set)).toMatchObject({ retCode: 0 });
  await account.setProtection(SYMBOL, 'net', { stopLoss: level(0.9) });
  const { protection } = venue.account(UID).position(venue.market('linear', 'BTCUSDT'), 0);
  expect(protection).toMatchObject({
    takeProfit: level(1.2),
    stopLoss: level(0.9),
    trailingStop: '500',
  });
  const open = await get(venue, '/v5/order/realtime', 'category=linear&symbol=BTCUSDT');
  const triggers = open.result.list.map((row) => [row['stopOrderType'], row['triggerBy']]);
  expect(triggers).toContainEqual(['StopLoss', 'MarkPrice']);
  expect(triggers).toContainEqual(['TakeProfit', 'LastPrice']);
});

/** Funding of perpetuals: an execution of its own kind and a row of the ledger, with opposite signs (sheet 4.3). */
import { dec, text } from '../../../src-main/market/decimal.ts';
import type { Account } from './accounts.ts';
import type { Market } from './market.ts';
import { round, type Position } from './position.ts';
import type { Payload } from './protocol.ts';
import type { World } from './world.ts';

export function chargeFunding(world: World, market: Market, rate: string): void {
  for (const account of world.accounts()) {
    for (const position of account.openPositions()) {
      if (position.market === market) charge(world, account, position, rate);
    }
  }
  world.desk.settle();
}

function charge(world: World, account: Account, position: Position, rate: string): void {
  const { market } = position;
  const { category, settle } = market.listing;
  const value = position.value(position.size.abs(), dec(market.mark));
  const paid = round(position.size.isPositive() ? value.times(rate) : value.times(rate).neg());
  const time = world.time.now();
  const execId = world.ids.uuid();
  account.credit(settle, paid.neg());
  account.realise(settle, paid.neg());
  const execution: Payload = {
    category,
    symbol: market.symbol,
    orderId: execId,
    orderLinkId: '',
    side: position.side === 'Buy' ? 'Sell' : 'Buy',
    orderPrice: '0',
    orderQty: '0',
    leavesQty: '0',
    createType: '',
    orderType: 'UNKNOWN',
    stopOrderType: 'UNKNOWN',
    execId,
    execPrice: market.mark,
    execQty: text(position.size.abs()),
    execValue: text(round(value)),
    execFee: text(paid),
    execFeeV2: '',
    feeCurrency: '',
    feeRate: rate,
    execType: 'Funding',
    execTime: String(time),
    isMaker: false,
    markPrice: market.mark,
    indexPrice: market.index,
    underlyingPrice: '',
    tradeIv: '',
    markIv: '',
    closedSize: '',
    blockTradeId: '',
    seq: market.seq,
    extraFees: '',
  };
  account.executions.push(execution);
  account.ledger.push({
    id: `${account.uid}_${market.symbol}_${execId}`,
    symbol: market.symbol,
    category,
    side: position.side,
    transactionTime: String(time),
    type: 'SETTLEMENT',
    qty: text(position.size.abs()),
    size: text(position.size),
    currency: settle,
    tradePrice: market.mark,
    funding: text(paid.neg()),
    fee: '0',
    cashFlow: '0',
    change: text(paid.neg()),
    cashBalance: text(round(account.balance(settle))),
    feeRate: rate,
    bonusChange: '',
    tradeId: execId,
    orderId: execId,
    orderLinkId: '',
    extraFees: '',
  });
  world.feed.add(account.uid, 'execution', [execution]);
  world.desk.touchPosition(account.uid, position);
  world.desk.touchWallet(account.uid, [settle]);
}

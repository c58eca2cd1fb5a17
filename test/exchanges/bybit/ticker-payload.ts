/** Tickers, which have one form over REST and others on the streams (sheet sections 4.1, 5.3, 7.12). */
import { dec, multiplyText, text } from '../../../src-main/market/decimal.ts';
import type { Market } from './market.ts';
import { round } from './position.ts';
import type { Payload } from './protocol.ts';

const FUNDING_MS = 8 * 3_600_000;

function day(market: Market): Payload {
  const change = dec(market.last).minus(market.dayOpen).div(market.dayOpen);
  return {
    symbol: market.symbol,
    lastPrice: market.last,
    prevPrice24h: market.dayOpen,
    price24hPcnt: text(change.toDecimalPlaces(6)),
    highPrice24h: market.dayHigh,
    lowPrice24h: market.dayLow,
    turnover24h: market.dayTurnover,
    volume24h: market.dayVolume,
  };
}

function touch(market: Market): { bidPrice: string; bidSize: string; askPrice: string; askSize: string } {
  const [bidPrice, bidSize] = market.bestBid() ?? ['', ''];
  const [askPrice, askSize] = market.bestAsk() ?? ['', ''];
  return { bidPrice, bidSize, askPrice, askSize };
}

function contract(market: Market, now: number): Payload {
  const perpetual = market.listing.deliveryTime === 0;
  const worth = text(round(dec(market.openInterest).times(market.mark)));
  return {
    indexPrice: market.index,
    markPrice: market.mark,
    prevPrice1h: market.dayOpen,
    openInterest: market.openInterest,
    openInterestValue: worth,
    singleOpenInterest: market.openInterest,
    singleOpenInterestValue: worth,
    fundingRate: perpetual ? market.fundingRate : '',
    nextFundingTime: perpetual ? String((Math.floor(now / FUNDING_MS) + 1) * FUNDING_MS) : '',
    fundingIntervalHour: perpetual ? '8' : '',
    fundingCap: perpetual ? '0.005' : '',
    predictedDeliveryPrice: '',
    basisRate: perpetual ? '' : text(dec(market.last).div(market.index).minus('1').toDecimalPlaces(6)),
    basis: perpetual ? '' : text(dec(market.last).minus(market.index)),
    deliveryFeeRate: perpetual ? '' : '0.0005',
    deliveryTime: String(market.listing.deliveryTime),
    preOpenPrice: '',
    preQty: '',
    curPreListingPhase: '',
  };
}

const greeks = { delta: '0.52', gamma: '0.00002', vega: '95.1', theta: '-31.2' };

function option(market: Market): Payload {
  return {
    markPrice: market.mark,
    indexPrice: market.index,
    underlyingPrice: '65000',
    openInterest: '12.5',
    totalVolume: market.dayVolume,
    totalTurnover: market.dayTurnover,
    predictedDeliveryPrice: '0',
    change24h: '0',
    ...greeks,
  };
}

/** The REST form. */
export function tickerPayload(market: Market, now: number): Payload {
  const { bidPrice, bidSize, askPrice, askSize } = touch(market);
  const sides = { bid1Price: bidPrice, bid1Size: bidSize, ask1Price: askPrice, ask1Size: askSize };
  switch (market.listing.category) {
    case 'spot':
      return { ...day(market), ...sides, ...dollars(market) };
    case 'option': {
      const { price24hPcnt: _share, prevPrice24h: _open, ...rest } = day(market);
      return { ...rest, ...sides, bid1Iv: '0.51', ask1Iv: '0.53', markIv: '0.52', ...option(market) };
    }
    case 'linear':
    case 'inverse':
      return { ...day(market), ...sides, ...contract(market, now) };
  }
}

/** The stream's form, complete; linear and inverse send what changed of it. */
export function tickerEvent(market: Market, now: number): Payload {
  const { bidPrice, bidSize, askPrice, askSize } = touch(market);
  switch (market.listing.category) {
    case 'spot':
      return { ...day(market), ...dollars(market) };
    case 'option': {
      const { price24hPcnt: _share, prevPrice24h: _open, ...rest } = day(market);
      const volatility = { bidIv: '0.51', askIv: '0.53', markPriceIv: '0.52' };
      return { ...rest, bidPrice, bidSize, askPrice, askSize, ...volatility, ...option(market) };
    }
    case 'linear':
    case 'inverse': {
      const sides = { bid1Price: bidPrice, bid1Size: bidSize, ask1Price: askPrice, ask1Size: askSize };
      const { deliveryTime } = market.listing;
      const iso = deliveryTime === 0 ? {} : { deliveryTime: new Date(deliveryTime).toISOString() };
      const { deliveryTime: _time, ...rest } = contract(market, now);
      return {
        ...day(market),
        tickDirection: market.prints.at(-1)?.tick ?? 'ZeroPlusTick',
        ...sides,
        ...rest,
        ...iso,
      };
    }
  }
}

function dollars(market: Market): Payload {
  if (market.listing.quote !== 'USDT' && market.listing.quote !== 'USDC') return { usdIndexPrice: '' };
  return { usdIndexPrice: multiplyText(market.index, '1') };
}

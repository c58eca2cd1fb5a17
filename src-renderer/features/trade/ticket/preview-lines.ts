import type { Instrument, Side } from '../../../../src-preload/contract/types/market.ts';
import type { OrderPreview } from '../../../../src-preload/contract/types/trading.ts';
import { absText, compareText, decimalsOfStep, isZeroText, multiplyText } from '../../../lib/decimal.ts';
import { formatDecimal, formatPercent, UNKNOWN } from '../../../lib/format.ts';
import { coinDecimals } from '../coin-decimals.ts';

/** One line of the preview: what it will do, in figures. */
export interface PreviewLine {
  /** Key under `trade.preview`. */
  readonly key: string;
  readonly value: string;
  readonly unit: string;
  readonly tone: 'none' | 'warn';
  /** Somebody's own money: hidden while amounts are hidden. */
  readonly private: boolean;
}

/** From here on a market order's own weight on the price is worth a warning. */
const SLIPPAGE_WARN = '0.002';

const money = (value: string | null, currency: string): string =>
  value === null ? UNKNOWN : formatDecimal(value, { decimals: coinDecimals(currency) });

/** Fees are small: cut to two decimals most would read as nothing. */
const feeText = (value: string | null, currency: string): string => {
  if (value === null) return UNKNOWN;
  const small = absText(value).startsWith('0.');
  return formatDecimal(value, { decimals: Math.max(coinDecimals(currency), small ? 4 : 2) });
};

const line = (key: string, value: string, unit: string, extra: Partial<PreviewLine> = {}): PreviewLine => ({
  key,
  value,
  unit,
  tone: 'none',
  private: true,
  ...extra,
});

function positionText(
  after: string | null,
  decimals: number,
): { readonly key: string; readonly value: string } {
  if (after === null) return { key: 'positionUnknown', value: UNKNOWN };
  if (isZeroText(after)) return { key: 'positionFlat', value: formatDecimal('0') };
  const key = after.startsWith('-') ? 'positionShort' : 'positionLong';
  return { key, value: formatDecimal(absText(after), { decimals }) };
}

function marketLines(preview: OrderPreview, instrument: Instrument): PreviewLine[] {
  const price = preview.estimatedPrice;
  const decimals = decimalsOfStep(instrument.tickSize);
  const slip = preview.slippage;
  const heavy = slip !== null && compareText(absText(slip), SLIPPAGE_WARN) >= 0;
  return [
    line('averagePrice', price === null ? UNKNOWN : formatDecimal(price, { decimals }), instrument.quote, {
      private: false,
    }),
    line('slippage', slip === null ? UNKNOWN : formatPercent(slip, { decimals: 3, sign: false }), '', {
      tone: heavy ? 'warn' : 'none',
      private: false,
    }),
  ];
}

function contractLines(preview: OrderPreview, instrument: Instrument): PreviewLine[] {
  const after = positionText(preview.positionAfter, decimalsOfStep(instrument.lotSize));
  const position = line(after.key, after.value, instrument.quantityUnit === 'base' ? instrument.base : '');
  // The buyer of an option can lose the premium and no more; of a written one the venue tells no price.
  if (instrument.kind === 'option') return [position];
  const liquidation = preview.liquidationPriceAfter;
  const decimals = decimalsOfStep(instrument.tickSize);
  return [
    position,
    line(
      'liquidation',
      liquidation === null ? UNKNOWN : formatDecimal(liquidation, { decimals }),
      instrument.quote,
    ),
  ];
}

/** What the order takes: the price of a spot buy, the margin of a contract, the premium of an option. */
function costLines(preview: OrderPreview, instrument: Instrument, side: Side): PreviewLine[] {
  const currency = preview.costCurrency || instrument.settle || instrument.quote;
  const cost = line(instrument.kind === 'spot' ? 'cost' : 'margin', money(preview.cost, currency), currency);
  if (instrument.kind !== 'option') return [cost];
  const { quantity, estimatedPrice } = preview;
  const premium =
    quantity === null || estimatedPrice === null ? null : multiplyText(quantity, estimatedPrice);
  const premiumLine = line(
    side === 'buy' ? 'premiumPaid' : 'premiumReceived',
    money(premium, instrument.quote),
    instrument.quote,
  );
  return side === 'buy' ? [premiumLine] : [premiumLine, cost];
}

/** What an order will do, as lines of fixed kind and order, so that the block keeps its height while typing. */
export function previewLines(
  preview: OrderPreview | null,
  instrument: Instrument,
  order: { readonly market: boolean; readonly side: Side },
): PreviewLine[] {
  const shown = preview ?? EMPTY;
  const feeCurrency = shown.feeCurrency || instrument.settle || instrument.quote;
  const feeKey = shown.feeKind === 'maker' ? 'feeMaker' : 'feeTaker';
  return [
    ...(order.market ? marketLines(shown, instrument) : []),
    ...costLines(shown, instrument, order.side),
    line(feeKey, feeText(shown.fee, feeCurrency), feeCurrency),
    ...(instrument.kind === 'spot' ? [] : contractLines(shown, instrument)),
  ];
}

const EMPTY: OrderPreview = {
  snaps: [],
  problems: [],
  currency: '',
  quantity: null,
  estimatedPrice: null,
  notional: null,
  cost: null,
  costCurrency: '',
  available: null,
  fee: null,
  feeCurrency: '',
  feeKind: 'taker',
  positionAfter: null,
  liquidationPriceAfter: null,
  maxQuantity: null,
  slippage: null,
  bookAgeMs: null,
};

import type { Instrument } from '../../../../src-preload/contract/types/market.ts';
import type { OrderPreview } from '../../../../src-preload/contract/types/trading.ts';
import { absText, compareText, decimalsOfStep, isZeroText } from '../../../lib/decimal.ts';
import { formatDecimal, formatPercent, UNKNOWN } from '../../../lib/format.ts';

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

const money = (value: string | null): string =>
  value === null ? UNKNOWN : formatDecimal(value, { decimals: 2 });

/** Fees are small: cut to two decimals most would read as nothing. */
const feeText = (value: string | null): string => {
  if (value === null) return UNKNOWN;
  const small = absText(value).startsWith('0.');
  return formatDecimal(value, { decimals: small ? 4 : 2 });
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
  const liquidation = preview.liquidationPriceAfter;
  const decimals = decimalsOfStep(instrument.tickSize);
  return [
    line(after.key, after.value, instrument.quantityUnit === 'base' ? instrument.base : ''),
    line(
      'liquidation',
      liquidation === null ? UNKNOWN : formatDecimal(liquidation, { decimals }),
      instrument.quote,
    ),
  ];
}

/** What an order will do, as lines of fixed kind and order, so that the block keeps its height while typing. */
export function previewLines(
  preview: OrderPreview | null,
  instrument: Instrument,
  market: boolean,
): PreviewLine[] {
  const shown = preview ?? EMPTY;
  const contract = instrument.kind !== 'spot';
  const quote = instrument.quote;
  return [
    ...(market ? marketLines(shown, instrument) : []),
    line(contract ? 'margin' : 'cost', money(shown.cost), shown.costCurrency || quote),
    line(shown.feeKind === 'maker' ? 'feeMaker' : 'feeTaker', feeText(shown.fee), shown.feeCurrency || quote),
    ...(contract ? contractLines(shown, instrument) : []),
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

import type { Instrument, Side } from '../../../../src-preload/contract/types/market.ts';
import type {
  OrderDraft,
  OrderType,
  PositionSide,
  TimeInForce,
  TriggerSource,
} from '../../../../src-preload/contract/types/trading.ts';
import { isDecimalText, isZeroText } from '../../../lib/decimal.ts';
import { quantityForQuote } from './sizing.ts';

export const TICKET_KINDS = ['limit', 'market', 'stop'] as const;
export type TicketKind = (typeof TICKET_KINDS)[number];

export const STOP_TYPES = ['stopLimit', 'stopMarket', 'takeProfitLimit', 'takeProfitMarket'] as const;
export type StopType = (typeof STOP_TYPES)[number];

export type SizeUnit = 'base' | 'quote';

/** What stands in the ticket, as typed. Text may be empty or wrong; nothing in it is a secret. */
export interface TicketDraft {
  side: Side;
  kind: TicketKind;
  stopType: StopType;
  price: string;
  triggerPrice: string;
  triggerBy: TriggerSource;
  sizeUnit: SizeUnit;
  size: string;
  /** Set while the size was chosen as a share of the largest possible; typing a size clears it. */
  percent: number | null;
  timeInForce: TimeInForce;
  postOnly: boolean;
  reduceOnly: boolean;
  /** Whether protection goes with the order; the legs may stand there while it is off. */
  protect: boolean;
  takeProfit: string;
  stopLoss: string;
}

export const emptyTicket = (): TicketDraft => ({
  side: 'buy',
  kind: 'limit',
  stopType: 'stopLimit',
  price: '',
  triggerPrice: '',
  triggerBy: 'last',
  sizeUnit: 'base',
  size: '',
  percent: null,
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  protect: false,
  takeProfit: '',
  stopLoss: '',
});

export const orderTypeOf = (ticket: TicketDraft): OrderType =>
  ticket.kind === 'stop' ? ticket.stopType : ticket.kind;

/** True when the order rests at a price of its own. */
export const needsPrice = (type: OrderType): boolean =>
  type === 'limit' || type === 'stopLimit' || type === 'takeProfitLimit';

export const needsTrigger = (type: OrderType): boolean => type !== 'limit' && type !== 'market';

export interface TicketContext {
  readonly accountId: string;
  readonly instrument: Instrument;
  /** What the account's position mode is; null when it is not known, which means one-way. */
  readonly positionMode: 'oneWay' | 'hedge' | null;
  /** Price to convert a quote amount with when the order has none of its own: the opposite best price. */
  readonly marketPrice: string | null;
  /** True when the venue takes a market order by the amount of quote to spend. */
  readonly quoteAmountOrders: boolean;
  /** True when the venue takes stop-loss and take-profit with an order. */
  readonly attachedProtection: boolean;
}

/**
 * Protection goes with an order that opens something: contracts with any order that is not reduce-only, spot with
 * a plain limit order. Options have no attached legs.
 */
export function canProtect(
  ticket: Pick<TicketDraft, 'kind' | 'reduceOnly'>,
  context: Pick<TicketContext, 'attachedProtection'> & { readonly instrument: Pick<Instrument, 'kind'> },
): boolean {
  if (!context.attachedProtection) return false;
  const { kind } = context.instrument;
  if (kind === 'spot') return ticket.kind === 'limit';
  return kind !== 'option' && !ticket.reduceOnly;
}

function legsOf(ticket: TicketDraft, context: TicketContext): Pick<OrderDraft, 'takeProfit' | 'stopLoss'> {
  if (!ticket.protect || !canProtect(ticket, context)) return {};
  return {
    ...(positive(ticket.takeProfit) ? { takeProfit: ticket.takeProfit } : {}),
    ...(positive(ticket.stopLoss) ? { stopLoss: ticket.stopLoss } : {}),
  };
}

/** In hedge mode an order names the position it opens, or, when it only reduces, the opposite one. */
function positionSideOf(ticket: TicketDraft, context: TicketContext): PositionSide {
  if (context.positionMode !== 'hedge') return 'net';
  return (ticket.side === 'buy') === ticket.reduceOnly ? 'short' : 'long';
}

const positive = (text: string): boolean => isDecimalText(text) && !text.startsWith('-') && !isZeroText(text);

type SizePart = Pick<OrderDraft, 'quantity' | 'quoteAmount'>;

function sizeOf(ticket: TicketDraft, context: TicketContext): SizePart | null {
  if (!positive(ticket.size)) return null;
  if (ticket.sizeUnit === 'base') return { quantity: ticket.size };
  const spendsQuote =
    ticket.kind === 'market' && context.quoteAmountOrders && context.instrument.kind === 'spot';
  if (spendsQuote) return { quoteAmount: ticket.size };
  const price = conversionPrice(ticket, context);
  if (price === null) return null;
  const quantity = quantityForQuote(ticket.size, price, context.instrument.lotSize);
  // Less than one lot: sent as the smallest quantity so that the preview can name the rule that it breaks.
  return { quantity: quantity === null || isZeroText(quantity) ? context.instrument.lotSize : quantity };
}

/** The price that turns a quote amount into a quantity: the order's own, or what the market offers. */
export function conversionPrice(
  ticket: TicketDraft,
  context: Pick<TicketContext, 'marketPrice'>,
): string | null {
  const type = orderTypeOf(ticket);
  if (needsPrice(type)) return positive(ticket.price) ? ticket.price : null;
  if (needsTrigger(type)) return positive(ticket.triggerPrice) ? ticket.triggerPrice : null;
  return context.marketPrice;
}

export type TicketField = 'price' | 'triggerPrice' | 'size' | 'takeProfit' | 'stopLoss';

export type Assembled =
  | { readonly ok: true; readonly draft: OrderDraft }
  | { readonly ok: false; readonly missing: readonly TicketField[] };

/** The draft that main understands, or the fields that still have to be filled in. */
export function assemble(ticket: TicketDraft, context: TicketContext): Assembled {
  const type = orderTypeOf(ticket);
  const missing: TicketField[] = [];
  if (needsTrigger(type) && !positive(ticket.triggerPrice)) missing.push('triggerPrice');
  if (needsPrice(type) && !positive(ticket.price)) missing.push('price');
  const size = sizeOf(ticket, context);
  if (size === null) missing.push('size');
  if (size === null || missing.length > 0) return { ok: false, missing };
  return { ok: true, draft: { ...fixedParts(ticket, context, type), ...size } };
}

function fixedParts(ticket: TicketDraft, context: TicketContext, type: OrderType): OrderDraft {
  const resting = needsPrice(type);
  return {
    accountId: context.accountId,
    symbol: context.instrument.symbol,
    side: ticket.side,
    type,
    ...(resting ? { price: ticket.price } : {}),
    ...(needsTrigger(type) ? { triggerPrice: ticket.triggerPrice, triggerBy: ticket.triggerBy } : {}),
    // A market order takes what is there or nothing: a resting remainder would be a limit order nobody asked for.
    timeInForce: resting ? ticket.timeInForce : 'IOC',
    postOnly: resting && ticket.postOnly,
    reduceOnly: context.instrument.kind !== 'spot' && ticket.reduceOnly,
    positionSide: context.instrument.kind === 'spot' ? 'net' : positionSideOf(ticket, context),
    ...legsOf(ticket, context),
  };
}

/**
 * The only module that drives klinecharts. It owns one chart in one element; everything outside speaks decimal
 * text, and what comes back from a drag is snapped onto the tick before anybody sees it.
 */
import {
  dispose,
  init,
  registerLocale,
  type Chart,
  type DataLoader,
  type KLineData,
  type Locales,
} from 'klinecharts';
import type { Candle, CandleInterval } from '../../../../src-preload/contract/types/market.ts';
import { decimalsOfStep, isDecimalText, snapText, toPixels } from '../../../lib/decimal.ts';
import { formatDecimal } from '../../../lib/format.ts';
import { toBar, toPeriod } from './bars.ts';
import { chartStyles, type ChartColors } from './chart-theme.ts';
import { INDICATOR_SETTINGS, INDICATORS, PANE_HEIGHT_PX, type IndicatorName } from './indicators.ts';
import { PRICE_LINE, registerPriceLine, type PriceLine, type PriceLineInk } from './price-lines.ts';

export interface ChartMarket {
  readonly symbol: string;
  readonly tickSize: string;
  readonly lotSize: string;
}

/** A page of history, or null when it could not be had (the caller says why elsewhere). */
export type LoadCandles = (before: number | null) => Promise<readonly Candle[] | null>;

export interface CandleChartOptions {
  readonly element: HTMLElement;
  readonly colors: ChartColors;
  readonly load: LoadCandles;
  /** A line was dropped at another price, on the tick. */
  readonly moved: (lineId: string, price: string) => void;
}

const LOCALE = 'holdfast';
/** Room right of the newest candle for the labels of our own lines. */
const RIGHT_ROOM_PX = 112;

const grouped = (value: string | number): string =>
  isDecimalText(String(value)) ? formatDecimal(String(value)) : String(value);

export class CandleChart {
  readonly #options: CandleChartOptions;
  readonly #chart: Chart;
  #colors: ChartColors;
  #market: ChartMarket | null = null;
  #lines: readonly PriceLine[] = [];
  #live: ((bar: KLineData) => void) | null = null;
  /** Raised by every change of market or interval: an answer to an older question is dropped. */
  #era = 0;

  constructor(options: CandleChartOptions) {
    registerPriceLine();
    const chart = init(options.element, {
      styles: chartStyles(options.colors),
      // The panel binds its own keys, which are listed in the shortcuts sheet.
      hotkey: { enabled: false },
      thousandsSeparator: { sign: ' ', format: grouped },
      decimalFold: { threshold: 100, format: String },
    });
    if (chart === null) throw new Error('The chart could not be created in its element.');
    // The library puts itself first in the tab order of the whole window; the panel's own element is the stop.
    for (const child of options.element.children) child.removeAttribute('tabindex');
    this.#options = options;
    this.#chart = chart;
    this.#colors = options.colors;
    chart.setOffsetRightDistance(RIGHT_ROOM_PX);
  }

  /** Shows another market or interval; its history is loaded anew. */
  show(market: ChartMarket, interval: CandleInterval): void {
    this.#market = market;
    this.#era += 1;
    this.#live = null;
    // Without a loader the two changes below load nothing: one question, not three.
    this.#chart.setDataLoader({ getBars: () => undefined });
    this.#chart.setSymbol({
      ticker: market.symbol,
      pricePrecision: decimalsOfStep(market.tickSize),
      volumePrecision: Math.min(decimalsOfStep(market.lotSize), 4),
    });
    this.#chart.setPeriod(toPeriod(interval));
    this.#chart.setDataLoader(this.#loader(this.#era));
    this.#drawLines();
  }

  /** Loads the history again, for the retry button. */
  reload(): void {
    this.#era += 1;
    this.#chart.setDataLoader(this.#loader(this.#era));
  }

  #loader(era: number): DataLoader {
    return {
      getBars: async ({ type, timestamp, callback }) => {
        // "forward" is the library's word for older. Newer ones come through the live feed.
        if (type !== 'init' && type !== 'forward') return callback([], false);
        const candles = await this.#options.load(type === 'init' ? null : timestamp);
        if (era !== this.#era) return;
        const bars = (candles ?? []).map(toBar);
        // A page that failed may be asked for again by scrolling; a first page only by the retry button.
        const more = bars.length > 0 || (candles === null && type === 'forward');
        callback(bars, { forward: more, backward: false });
      },
      subscribeBar: ({ callback }) => {
        if (era === this.#era) this.#live = callback;
      },
      unsubscribeBar: () => {
        this.#live = null;
      },
    };
  }

  /** The running candle, or one that closed. Ignored until the history is there. */
  push(candle: Candle): void {
    this.#live?.(toBar(candle));
  }

  setColors(colors: ChartColors): void {
    this.#colors = colors;
    this.#chart.setStyles(chartStyles(colors));
    this.#drawLines();
  }

  setLabels(labels: Locales): void {
    registerLocale(LOCALE, labels);
    this.#chart.setLocale(LOCALE);
  }

  setIndicators(wanted: readonly IndicatorName[]): void {
    for (const name of INDICATORS) {
      const shown = this.#chart.getIndicators({ id: name }).length > 0;
      if (shown && !wanted.includes(name)) this.#chart.removeIndicator({ id: name });
      if (!shown && wanted.includes(name)) this.#addIndicator(name);
    }
  }

  #addIndicator(name: IndicatorName): void {
    const settings = INDICATOR_SETTINGS[name];
    this.#chart.createIndicator({ ...settings }, true);
    const height = PANE_HEIGHT_PX[name];
    if (height !== undefined && settings.paneId !== undefined) {
      this.#chart.setPaneOptions({ id: settings.paneId, height, minHeight: 40 });
    }
  }

  setLines(lines: readonly PriceLine[]): void {
    this.#lines = lines;
    this.#drawLines();
  }

  #drawLines(): void {
    this.#chart.removeOverlay({ name: PRICE_LINE });
    if (this.#market === null) return;
    const decimals = decimalsOfStep(this.#market.tickSize);
    for (const line of this.#lines) this.#drawLine(line, decimals);
  }

  #drawLine(line: PriceLine, decimals: number): void {
    const ink: PriceLineInk = {
      label: line.label,
      priceText: formatDecimal(line.price, { decimals }),
      color: this.#colors[line.tone],
      onColor: this.#colors.onSide,
      dash: line.dash,
    };
    this.#chart.createOverlay({
      name: PRICE_LINE,
      id: line.id,
      lock: !line.draggable,
      points: [{ value: toPixels(line.price) }],
      extendData: ink,
      // The library deletes an overlay on right click; an order does not go away by that.
      onRightClick: (event) => event.preventDefault?.(),
      onPressedMoveEnd: ({ overlay }) => {
        const value = overlay.points[0]?.value;
        if (value !== undefined) this.#dropped(line, value, decimals);
      },
    });
  }

  #dropped(line: PriceLine, value: number, decimals: number): void {
    if (this.#market === null) return;
    const text = value.toFixed(decimals);
    const price = value > 0 ? snapText(text, this.#market.tickSize) : line.price;
    // Until the order really moved its line stands where the order is.
    this.#drawLines();
    if (price !== line.price) this.#options.moved(line.id, price);
  }

  /** Scrolls by so many bars; positive means towards older ones. */
  scroll(bars: number): void {
    this.#chart.scrollByDistance(bars * this.#chart.getBarSpace().bar);
  }

  zoom(factor: number): void {
    this.#chart.zoomAtCoordinate(factor);
  }

  toLatest(): void {
    this.#chart.scrollToRealTime();
  }

  resize(): void {
    this.#chart.resize();
  }

  dispose(): void {
    this.#era += 1;
    dispose(this.#options.element);
  }
}

import type { IndicatorCreate } from 'klinecharts';

/** The library's indicators that are offered. Display only: alerts and bots compute their own in main. */
export const INDICATORS = ['VOL', 'MA', 'EMA', 'BOLL', 'MACD', 'RSI'] as const;
export type IndicatorName = (typeof INDICATORS)[number];

export const isIndicator = (name: unknown): name is IndicatorName =>
  INDICATORS.some((known) => known === name);

const CANDLE_PANE = 'candle_pane';

/** Where each indicator is drawn and with which periods. Those without a pane id lie over the candles. */
export const INDICATOR_SETTINGS: Readonly<Record<IndicatorName, IndicatorCreate>> = {
  // Its figure stands in the candle's legend already.
  VOL: {
    name: 'VOL',
    id: 'VOL',
    paneId: 'pane_VOL',
    calcParams: [],
    shortName: '',
    createTooltipDataSource: () => ({ name: '', calcParamsText: '', features: [], legends: [] }),
  },
  MA: { name: 'MA', id: 'MA', paneId: CANDLE_PANE, calcParams: [7, 25, 99] },
  EMA: { name: 'EMA', id: 'EMA', paneId: CANDLE_PANE, calcParams: [12, 26] },
  BOLL: { name: 'BOLL', id: 'BOLL', paneId: CANDLE_PANE, calcParams: [20, 2] },
  MACD: { name: 'MACD', id: 'MACD', paneId: 'pane_MACD', calcParams: [12, 26, 9] },
  RSI: { name: 'RSI', id: 'RSI', paneId: 'pane_RSI', calcParams: [14] },
};

/** Panes of their own share a quarter of the height, but never get too low to read. */
export const PANE_HEIGHT_PX: Readonly<Partial<Record<IndicatorName, number>>> = {
  VOL: 64,
  MACD: 84,
  RSI: 76,
};

import { onBeforeUnmount, onMounted, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import { useMutationObserver, useResizeObserver } from '@vueuse/core';
import type { ErrorShape } from '../../../../src-preload/contract/result.ts';
import type { Candle, CandleInterval, Instrument } from '../../../../src-preload/contract/types/market.ts';
import { api } from '../../../lib/api.ts';
import { useTopic } from '../../../lib/use-topic.ts';
import { CandleChart } from './candle-chart.ts';
import { readColors } from './chart-theme.ts';
import type { IndicatorName } from './indicators.ts';
import type { PriceLine } from './price-lines.ts';

const PAGE = 500;

export interface ChartInput {
  readonly element: Readonly<ShallowRef<HTMLElement | null>>;
  readonly instrument: () => Instrument;
  readonly interval: () => CandleInterval;
  readonly indicators: () => readonly IndicatorName[];
  readonly lines: () => readonly PriceLine[];
  readonly labels: () => Parameters<CandleChart['setLabels']>[0];
  readonly moved: (lineId: string, price: string) => void;
}

export interface ChartState {
  readonly chart: Readonly<ShallowRef<CandleChart | null>>;
  readonly state: Readonly<Ref<'loading' | 'live' | 'empty' | 'failed'>>;
  readonly error: Readonly<ShallowRef<ErrorShape | null>>;
  /** The running candle. */
  readonly latest: Readonly<ShallowRef<Candle | null>>;
  readonly reload: () => void;
}

/** Binds one chart to an element, a market and the live candle; follows theme, size and language. */
export function useChart(input: ChartInput): ChartState {
  const chart = shallowRef<CandleChart | null>(null);
  const state = ref<ChartState['state']['value']>('loading');
  const error = shallowRef<ErrorShape | null>(null);
  const latest = shallowRef<Candle | null>(null);
  let asked = 0;

  async function load(before: number | null): Promise<readonly Candle[] | null> {
    const { venue, symbol } = input.instrument();
    const first = before === null;
    if (first) asked += 1;
    const mine = asked;
    const result = await api.market.candles({
      market: { venue, symbol },
      interval: input.interval(),
      limit: PAGE,
      ...(first ? {} : { before }),
    });
    if (mine !== asked) return null;
    if (!result.ok) {
      // A failed older page leaves the chart as it is; scrolling asks again.
      if (first) {
        error.value = result.error;
        state.value = 'failed';
      }
      return null;
    }
    if (first) {
      error.value = null;
      state.value = result.value.length === 0 ? 'empty' : 'live';
      latest.value = result.value.at(-1) ?? null;
    }
    return result.value;
  }

  function show(): void {
    const { symbol, tickSize, lotSize } = input.instrument();
    state.value = 'loading';
    error.value = null;
    latest.value = null;
    chart.value?.show({ symbol, tickSize, lotSize }, input.interval());
  }

  function reload(): void {
    state.value = 'loading';
    error.value = null;
    chart.value?.reload();
  }

  onMounted(() => {
    const element = input.element.value;
    if (element === null) return;
    const made = new CandleChart({ element, colors: readColors(), load, moved: input.moved });
    made.setLabels(input.labels());
    made.setIndicators(input.indicators());
    chart.value = made;
    show();
    made.setLines(input.lines());
  });
  onBeforeUnmount(() => {
    asked += 1;
    chart.value?.dispose();
    chart.value = null;
  });

  useTopic(
    'market.candle',
    () => ({
      market: { venue: input.instrument().venue, symbol: input.instrument().symbol },
      interval: input.interval(),
    }),
    {
      next: (candles) => {
        for (const candle of candles) chart.value?.push(candle);
        latest.value = candles.at(-1) ?? latest.value;
        // The first candle of a market without history.
        if (state.value === 'empty') reload();
      },
    },
  );

  watch(() => `${input.instrument().venue}|${input.instrument().symbol}|${input.interval()}`, show);
  watch(input.indicators, (names) => chart.value?.setIndicators(names));
  watch(input.lines, (lines) => chart.value?.setLines(lines));
  watch(input.labels, (labels) => chart.value?.setLabels(labels));
  useResizeObserver(input.element, () => chart.value?.resize());
  useMutationObserver(
    () => document.documentElement,
    () => chart.value?.setColors(readColors()),
    { attributes: true, attributeFilter: ['data-theme', 'data-palette'] },
  );

  return { chart, state, error, latest, reload };
}

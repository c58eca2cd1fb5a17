import type { DeepPartial, Styles } from 'klinecharts';

/** The tokens that the canvas draws with; CSS variables do not reach into a canvas. */
export interface ChartColors {
  readonly background: string;
  readonly line: string;
  readonly text: string;
  readonly strong: string;
  readonly hint: string;
  readonly raised: string;
  readonly accent: string;
  readonly buy: string;
  readonly sell: string;
  readonly warn: string;
  readonly onSide: string;
}

const TOKENS: Readonly<Record<keyof ChartColors, string>> = {
  background: '--bg-1',
  line: '--line',
  text: '--text-2',
  strong: '--text-1',
  hint: '--text-3',
  raised: '--bg-3',
  accent: '--accent',
  buy: '--buy',
  sell: '--sell',
  warn: '--warn',
  onSide: '--on-side',
};

/** The tokens as they are now; read again after a theme or palette change. */
export function readColors(root: HTMLElement = document.documentElement): ChartColors {
  const style = getComputedStyle(root);
  const read = (token: keyof ChartColors): string => style.getPropertyValue(TOKENS[token]).trim();
  return {
    background: read('background'),
    line: read('line'),
    text: read('text'),
    strong: read('strong'),
    hint: read('hint'),
    raised: read('raised'),
    accent: read('accent'),
    buy: read('buy'),
    sell: read('sell'),
    warn: read('warn'),
    onSide: read('onSide'),
  };
}

const FONT = 'Inter Variable, sans-serif';
const text = (color: string): { color: string; family: string; size: number } => ({
  color,
  family: FONT,
  size: 11,
});

function candles(colors: ChartColors): DeepPartial<Styles['candle']> {
  const mark = { color: colors.hint, textFamily: FONT, textSize: 11 };
  const sides = { upColor: colors.buy, downColor: colors.sell, noChangeColor: colors.hint };
  return {
    bar: {
      ...sides,
      upBorderColor: colors.buy,
      downBorderColor: colors.sell,
      noChangeBorderColor: colors.hint,
      upWickColor: colors.buy,
      downWickColor: colors.sell,
      noChangeWickColor: colors.hint,
    },
    priceMark: {
      high: mark,
      low: mark,
      last: { ...sides, text: { ...text(colors.onSide), paddingLeft: 6, paddingRight: 6 } },
    },
    tooltip: {
      title: { show: false },
      legend: {
        ...text(colors.text),
        marginLeft: 6,
        marginRight: 6,
        defaultValue: '—',
        template: [
          { title: 'time', value: '{time}' },
          { title: 'open', value: '{open}' },
          { title: 'high', value: '{high}' },
          { title: 'low', value: '{low}' },
          { title: 'close', value: '{close}' },
          { title: 'volume', value: '{volume}' },
        ],
      },
    },
  };
}

function indicators(colors: ChartColors): DeepPartial<Styles['indicator']> {
  const [up, down] = [`${colors.buy}99`, `${colors.sell}99`];
  const lines = [colors.accent, colors.warn, colors.strong, colors.buy, colors.sell];
  return {
    ohlc: { upColor: up, downColor: down, noChangeColor: colors.hint },
    bars: [{ upColor: up, downColor: down, noChangeColor: colors.hint }],
    lines: lines.map((color) => ({ color })),
    tooltip: {
      title: { ...text(colors.hint), marginLeft: 6 },
      legend: { ...text(colors.text), marginLeft: 6, marginRight: 2, defaultValue: '—' },
    },
  };
}

function axis(colors: ChartColors): DeepPartial<Styles['xAxis']> {
  return {
    axisLine: { color: colors.line },
    tickLine: { show: false },
    tickText: text(colors.hint),
  };
}

/** The whole style of a chart in the present theme. */
export function chartStyles(colors: ChartColors): DeepPartial<Styles> {
  const crosshair = {
    line: { color: colors.hint },
    text: { ...text(colors.strong), backgroundColor: colors.raised, borderColor: colors.line, borderSize: 1 },
  };
  return {
    grid: {
      horizontal: { color: `${colors.line}66`, style: 'solid' },
      vertical: { color: `${colors.line}66`, style: 'solid' },
    },
    candle: candles(colors),
    indicator: indicators(colors),
    xAxis: axis(colors),
    yAxis: axis(colors),
    separator: { color: colors.line, activeBackgroundColor: `${colors.accent}33` },
    crosshair: { horizontal: crosshair, vertical: crosshair },
  };
}

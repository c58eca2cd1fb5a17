import type { AlertFiring } from '../../src-preload/contract/types/alert.ts';
import type { Fill } from '../../src-preload/contract/types/trading.ts';
import type { ShellLanguage } from './texts.ts';

type Values = Readonly<Record<string, string>>;
type Wording = (values: Values) => string;

/** What a fired alert says on the desktop; the window has the same keys in its own locale files. */
const ALERTS: Readonly<Record<ShellLanguage, Readonly<Record<string, Wording>>>> = {
  en: {
    priceCrosses: (v) => `${v['symbol'] ?? ''} reached ${v['price'] ?? ''}, now ${v['last'] ?? ''}`,
    percentMove: (v) =>
      `${v['symbol'] ?? ''} moved ${v['percent'] ?? ''} % in ${v['minutes'] ?? ''} min, now ${v['last'] ?? ''}`,
    orderFilled: (v) =>
      `Order filled: ${v['side'] ?? ''} ${v['quantity'] ?? ''} ${v['symbol'] ?? ''} at ${v['price'] ?? ''}`,
    orderPartiallyFilled: (v) =>
      `Fill: ${v['side'] ?? ''} ${v['quantity'] ?? ''} ${v['symbol'] ?? ''} at ${v['price'] ?? ''}`,
    connectionLost: (v) => `No connection to ${v['venue'] ?? ''} for ${v['seconds'] ?? ''} s`,
  },
  de: {
    priceCrosses: (v) => `${v['symbol'] ?? ''} hat ${v['price'] ?? ''} erreicht, jetzt ${v['last'] ?? ''}`,
    percentMove: (v) =>
      `${v['symbol'] ?? ''} hat sich in ${v['minutes'] ?? ''} min um ${v['percent'] ?? ''} % bewegt, jetzt ${v['last'] ?? ''}`,
    orderFilled: (v) =>
      `Order ausgeführt: ${side(v)} ${v['quantity'] ?? ''} ${v['symbol'] ?? ''} zu ${v['price'] ?? ''}`,
    orderPartiallyFilled: (v) =>
      `Ausführung: ${side(v)} ${v['quantity'] ?? ''} ${v['symbol'] ?? ''} zu ${v['price'] ?? ''}`,
    connectionLost: (v) => `Seit ${v['seconds'] ?? ''} s keine Verbindung zu ${v['venue'] ?? ''}`,
  },
};
const HIDDEN = { en: 'Open Holdfast to see it.', de: 'Holdfast öffnen, um es zu sehen.' } as const;
const FILLED = { en: 'Filled', de: 'Ausgeführt' } as const;

const side = (values: Values): string => (values['side'] === 'buy' ? 'Kauf' : 'Verkauf');

interface NotificationText {
  readonly title: string;
  readonly body: string;
}

/** With amounts hidden the desktop gets the label only: it can be on a shared screen. */
export function alertText(
  firing: AlertFiring,
  language: ShellLanguage,
  hideAmounts: boolean,
): NotificationText {
  const wording = ALERTS[language][firing.text.key];
  const body = hideAmounts || !wording ? HIDDEN[language] : wording(firing.text.values);
  return { title: firing.label, body };
}

export function fillText(fill: Fill, language: ShellLanguage, hideAmounts: boolean): NotificationText {
  const { side: way, quantity, symbol, price } = fill;
  const wording = ALERTS[language]['orderPartiallyFilled'];
  const body = hideAmounts || !wording ? HIDDEN[language] : wording({ side: way, quantity, symbol, price });
  return { title: `${FILLED[language]}: ${symbol}`, body };
}

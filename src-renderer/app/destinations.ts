import {
  ArrowLeftRight,
  Bell,
  ChartCandlestick,
  ChartPie,
  History,
  KeyRound,
  ListOrdered,
  Settings,
} from '@lucide/vue';

/** The places of the window, in the order of the rail. */
export const DESTINATIONS = [
  { name: 'portfolio', icon: ChartPie, keys: 'Alt+1' },
  { name: 'trade', icon: ChartCandlestick, keys: 'Alt+2' },
  { name: 'orders', icon: ListOrdered, keys: 'Alt+3' },
  { name: 'alerts', icon: Bell, keys: 'Alt+4' },
  { name: 'funds', icon: ArrowLeftRight, keys: 'Alt+5' },
  { name: 'activity', icon: History, keys: 'Alt+6' },
  { name: 'accounts', icon: KeyRound, keys: 'Alt+7' },
  { name: 'settings', icon: Settings, keys: 'Alt+8' },
] as const;

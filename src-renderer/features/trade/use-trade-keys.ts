import { useI18n } from 'vue-i18n';
import type { Side } from '../../../src-preload/contract/types/market.ts';
import { registerCommands } from '../../lib/commands.ts';
import { useHotkeys } from '../../lib/use-hotkeys.ts';
import { LAYOUTS, type LayoutName } from './layout/layouts.ts';
import { PERCENT_STEPS } from './ticket/sizing.ts';

export interface TradeActions {
  readonly side: (side: Side) => void;
  /** Index into the offered shares. */
  readonly share: (index: number) => void;
  readonly cancelSelected: () => void;
  readonly cancelMarket: () => void;
  readonly search: () => void;
  readonly layout: (name: LayoutName) => void;
}

/** The keys of ui.md section 4 and the same actions in the palette. */
export function useTradeKeys(actions: TradeActions): void {
  const { t } = useI18n();
  const group = t('trade.title');
  const shares = PERCENT_STEPS.map((percent, index) => ({
    id: `trade.size.${percent}`,
    title: t('trade.command.size', { percent }),
    keys: String(index + 1),
    group,
    run: () => actions.share(index),
  }));
  const layouts = LAYOUTS.map((name) => ({
    id: `trade.layout.${name}`,
    title: t('trade.command.layout', { name: t(`trade.layout.${name}`) }),
    group,
    run: () => actions.layout(name),
  }));

  useHotkeys({
    b: () => actions.side('buy'),
    s: () => actions.side('sell'),
    x: () => actions.cancelSelected(),
    'Shift+X': () => actions.cancelMarket(),
    '/': () => actions.search(),
    // Where the slash is a shifted key, as on a German keyboard.
    'Shift+/': () => actions.search(),
    ...Object.fromEntries(
      PERCENT_STEPS.map((_percent, index) => [String(index + 1), () => actions.share(index)]),
    ),
  });
  registerCommands([
    { id: 'trade.buy', title: t('trade.command.buy'), keys: 'B', group, run: () => actions.side('buy') },
    { id: 'trade.sell', title: t('trade.command.sell'), keys: 'S', group, run: () => actions.side('sell') },
    { id: 'trade.search', title: t('trade.command.search'), keys: '/', group, run: () => actions.search() },
    {
      id: 'trade.cancel',
      title: t('trade.command.cancel'),
      keys: 'X',
      group,
      run: () => actions.cancelSelected(),
    },
    {
      id: 'trade.cancelMarket',
      title: t('trade.command.cancelMarket'),
      keys: 'Shift+X',
      group,
      run: () => actions.cancelMarket(),
    },
    ...shares,
    ...layouts,
  ]);
}

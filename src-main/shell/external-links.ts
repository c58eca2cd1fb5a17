import type { Shell } from 'electron';
import type { EXTERNAL_LINKS } from '../../src-preload/contract/app.ts';
import { HoldfastError } from '../errors.ts';

export type LinkId = (typeof EXTERNAL_LINKS)[number];

/** Where a signed-in person of the unified account sees what is open; the history is beside it. */
const BYBIT_ORDERS = '/user/assets/order/fed/spot-uta-orders/trade-order/current-order';

/**
 * Every address that Holdfast can ever open outside. Callers name a link, never an address, so that no text
 * from a venue or from the window can choose where the user's browser goes.
 */
export const LINKS: Readonly<Record<LinkId, string>> = {
  bybit: 'https://www.bybit.com/app/user/api-management',
  'bybit-testnet': 'https://testnet.bybit.com/app/user/api-management',
  bitget: 'https://www.bitget.com/account/newapi',
  bitfinex: 'https://setting.bitfinex.com/api',
  'bybit-orders': `https://www.bybit.com${BYBIT_ORDERS}`,
  // Demo trading is a mode of the same site: a person switches it on there.
  'bybit-demo-orders': `https://www.bybit.com${BYBIT_ORDERS}`,
  'bybit-testnet-orders': `https://testnet.bybit.com${BYBIT_ORDERS}`,
  // Sites of their own with log-ins of their own; where their order pages stand is not documented.
  'bybit-eu-orders': 'https://www.bybit.eu/',
  'bybit-nl-orders': 'https://www.bybit.nl/',
};

/** Opens a link of the list in the user's browser. Throws `notFound` for an id that is not on it. */
export async function openLink(shell: Pick<Shell, 'openExternal'>, id: LinkId): Promise<void> {
  const address = Object.hasOwn(LINKS, id) ? LINKS[id] : undefined;
  if (address === undefined) throw new HoldfastError('notFound', 'link.unknown', 'There is no such link.');
  await shell.openExternal(address, { activate: true });
}

/** Puts the parts of one account together. Nothing is asked and nothing connects before somebody uses it. */
import { HoldfastError } from '../../../errors.ts';
import type { After } from '../../../market/shared-stream.ts';
import { systemTime } from '../../../net/time.ts';
import type { SocketSession, VenueClock, VenueNet } from '../../../net/types.ts';
import type { AccountAccess, VenueId } from '../../exchange.ts';
import { createBybitFunds } from '../funds/bybit-funds.ts';
import { inspectKey } from '../inspection/inspect-key.ts';
import type { UnknownFields } from '../payload.ts';
import { BybitRestClient } from '../rest-client.ts';
import { type BybitSite, streamsOf } from '../sites.ts';
import type { AccountContext, Markets } from './account-context.ts';
import { AccountInfo } from './account-info.ts';
import { loadBalances } from './balances.ts';
import { OrderEntry } from './order-entry.ts';
import { openOrders } from './order-lists.ts';
import { OrderMemory } from './order-memory.ts';
import { OrderSender } from './order-sender.ts';
import { Orders } from './orders.ts';
import { loadPositions } from './positions.ts';
import { type Present, PrivateStream } from './private-stream.ts';
import { BybitAccount } from './trading-account.ts';

export interface OpenAccountParts {
  readonly access: AccountAccess;
  readonly venue: VenueId;
  readonly site: BybitSite;
  /** Where else the key may belong, most likely first. */
  readonly others: readonly BybitSite[];
  readonly net: VenueNet;
  readonly clock: VenueClock;
  readonly markets: Markets;
  readonly unknown: UnknownFields;
  /** Our clock, ms UTC. */
  readonly now: () => number;
  readonly after: After;
  readonly random?: (() => string) | undefined;
  readonly onDispose: () => void;
}

export interface OpenedAccount {
  readonly account: BybitAccount;
  /** The private connections that there are now. */
  readonly sessions: () => readonly { readonly name: string; readonly session: SocketSession }[];
  readonly wake: () => void;
}

/** Throws `internal` for an access without a key. */
export function openAccount(parts: OpenAccountParts): OpenedAccount {
  const { access, site, net, clock, unknown, now, after } = parts;
  const { signer, keyType, accountId } = access;
  if (signer === null) throw new HoldfastError('internal', 'bybit.keyless', 'A Bybit account needs a key.');
  const restParts = { http: net.http, clock, accountId, signer, keyType, now };
  const rest = new BybitRestClient({ ...restParts, site: () => site });
  const restAt = (where: BybitSite): BybitRestClient =>
    new BybitRestClient({ ...restParts, site: () => where, isProbe: true });
  const isDemo = access.environment === 'demo';
  const context: AccountContext = {
    accountId,
    venue: parts.venue,
    isDemo,
    rest,
    markets: parts.markets,
    unknown,
    now: () => clock.now(),
  };
  const info = new AccountInfo(context);
  const memory = new OrderMemory();
  const login = { signer, keyType, clock, accountId, net, headers: site.handshakeHeaders };
  const entry = entryOf(parts, login);
  const load = async (): Promise<Present> => {
    const mode = await info.marginMode();
    const [orders, positions, balances] = await Promise.all([
      openOrders(context),
      loadPositions(context, mode),
      loadBalances(context),
    ]);
    return { orders, positions, balances };
  };
  const stream = new PrivateStream({
    ...login,
    ...addresses(site, (streams) => streams.privateStream),
    context,
    info,
    memory,
    load,
    after,
    onOpen: () => entry?.open(),
  });
  const account = new BybitAccount({
    access,
    context,
    info,
    memory,
    orders: new Orders(context, new OrderSender(accountId, rest, entry, clock), memory, {
      ...systemTime,
      now,
    }),
    stream,
    entry,
    funds: isDemo ? null : createBybitFunds(fundsParts(context, parts)),
    inspect: async () => {
      rest.forgetRefusal();
      const { venue, others } = parts;
      const found = await inspectKey({ rest, restAt, site, others, venue, clock, keyType, unknown, now });
      if (found.permissions !== null) stream.retry();
      return found;
    },
    onDispose: parts.onDispose,
  });
  return {
    account,
    sessions: () => [...named('private', stream.session), ...named('trade', entry?.session ?? null)],
    wake: () => {
      stream.wake();
      entry?.wake();
    },
  };
}

const named = (name: string, session: SocketSession | null): { name: string; session: SocketSession }[] =>
  session === null ? [] : [{ name, session }];

type Login = Pick<
  ConstructorParameters<typeof OrderEntry>[0],
  'signer' | 'keyType' | 'clock' | 'accountId' | 'net' | 'headers'
>;

/** Null where the site has no order entry (demo), and for an account that only reads. */
function entryOf({ access, site, after, now }: OpenAccountParts, login: Login): OrderEntry | null {
  if (site.tradeStream === null || !access.uses.includes('trade')) return null;
  return new OrderEntry({ ...login, ...addresses(site, (streams) => streams.tradeStream ?? ''), after, now });
}

/** A connection's address: where the right host is uncertain, attempts that fail alternate between the two. */
function addresses(
  site: BybitSite,
  pick: (streams: ReturnType<typeof streamsOf>) => string,
): { url: () => string; onAttempt: (succeeded: boolean) => void } {
  let failures = 0;
  let worked = false;
  return {
    url: () => pick(streamsOf(site, failures)),
    onAttempt: (succeeded) => {
      // An address that worked is tried again first: losing a connection is no reason to leave it.
      if (!succeeded && !worked) failures += 1;
      worked = succeeded;
    },
  };
}

function fundsParts({ accountId, rest, unknown, now }: AccountContext, { random }: OpenAccountParts) {
  return { accountId, rest, unknown, clock: now, ...(random === undefined ? {} : { random }) };
}

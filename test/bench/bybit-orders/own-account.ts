/** Holdfast's whole way of an order: account, limiter, vault worker, pool or socket, request log into nowhere. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createBybitExchange } from '../../../src-main/exchanges/bybit/bybit-exchange.ts';
import { IP_BUDGET } from '../../../src-main/exchanges/bybit/rest-client.ts';
import { loopbackSite } from '../../../src-main/exchanges/bybit/sites.ts';
import type { OrderRequest, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import { RequestLog } from '../../../src-main/net/request-log.ts';
import { createVenueNet } from '../../../src-main/net/venue-net.ts';
import { KDF_LIMITS } from '../../../src-main/vault/kdf.ts';
import type { Signer } from '../../../src-main/vault/signer.ts';
import { Vault } from '../../../src-main/vault/vault.ts';
import { KEY, SECRET } from './order-server.ts';

const TRIVIAL_KDF = { memoryKiB: 8, passes: 1, lanes: 1 };

export interface OpenVault {
  readonly signer: Signer;
  close(): Promise<void>;
}

/** A real vault, whose worker signs. */
export async function openVault(): Promise<OpenVault> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-orders-'));
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const vault = new Vault({
    path: join(folder, 'vault.hfv'),
    createWorker: () => new Worker(new URL('../../../src-main/vault/worker.ts', import.meta.url)),
    kdfLimits: { floor: TRIVIAL_KDF, cap: KDF_LIMITS.cap },
  });
  await vault.create(bytes('test passphrase bench'), { kdf: TRIVIAL_KDF });
  const meta = { venue: 'bybit', environment: 'demo', label: 'Bench' } as const;
  const id = await vault.addKey({ meta, key: KEY, secret: bytes(SECRET) });
  return {
    signer: vault.signer(id),
    close: async () => {
      await vault.dispose();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Somebody who places orders. */
export interface Contender {
  /** Resolves with the venue's id of the order. */
  place(clientOrderId: string): Promise<string>;
  close(): Promise<void>;
}

const request = (clientOrderId: string): OrderRequest => ({
  symbol: 'BTC/USDT:USDT',
  clientOrderId,
  side: 'buy',
  type: 'limit',
  quantity: '0.015',
  price: '64000.5',
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  positionSide: 'net',
});

/** Demo has no order entry, so its orders go over REST; live prefers `/v5/trade`. */
export async function ownAccount(
  origin: string,
  signer: Signer,
  transport: 'http' | 'websocket',
): Promise<Contender> {
  const environment = transport === 'http' ? 'demo' : 'live';
  const strays: string[] = [];
  const log = new RequestLog({
    append: (rows) => {
      for (const row of rows)
        if (row.operation === 'order.create' && row.transport !== transport) strays.push(row.transport);
      return Promise.resolve(rows.map((_, index) => index));
    },
  });
  const net = createVenueNet({ venue: 'bybit', log });
  const exchange = createBybitExchange({
    venue: 'bybit',
    net,
    sites: () => loopbackSite(origin, environment),
    feedRegion: () => 'global',
  });
  net.http.limit(IP_BUDGET, { limit: 1_000_000, windowMs: 5_000 });
  await exchange.market.instruments();
  const account: TradingAccount = exchange.openAccount({
    accountId: 'bench',
    environment,
    region: 'global',
    uses: ['read', 'trade'],
    keyType: 'hmac',
    signer,
  });
  const place = async (clientOrderId: string): Promise<string> => {
    return (await account.place(request(clientOrderId))).venueOrderId ?? '';
  };
  // Order entry opens with the first order, which itself goes over REST.
  await place('first-0');
  const isReady = (): boolean =>
    transport === 'http' ||
    exchange.health().streams.some(({ name, state }) => name === 'trade' && state === 'live');
  while (!isReady()) await pause(5);
  await log.flush();
  strays.length = 0;
  return {
    place,
    close: async () => {
      account.dispose();
      exchange.dispose();
      net.dispose();
      await log.dispose();
      if (strays.length > 0) throw new Error(`${strays.length} orders did not go over ${transport}`);
    },
  };
}

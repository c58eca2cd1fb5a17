/** API keys and everything that is checked about a signed request (sheet section 2). */
import { createHmac, timingSafeEqual, verify } from 'node:crypto';
import { Refusal } from './protocol.ts';

export interface KeySpec {
  readonly key: string;
  readonly secret?: string;
  /** PEM of the public half of a self-generated RSA pair, in place of a secret. */
  readonly publicKeyPem?: string;
  /** Groups of section 4.9; by default all a trading key can have, without Withdraw. */
  readonly permissions?: Readonly<Record<string, readonly string[]>>;
  /** Addresses that may use the key; empty or `*` = unbound. */
  readonly ips?: readonly string[];
  readonly readOnly?: boolean;
  readonly uid?: string;
  /** Site on which the key was made; another one than the venue's is a wrong environment. */
  readonly site?: string;
  readonly isMaster?: boolean;
  /** Unix milliseconds. */
  readonly expiresAt?: number;
  /** Days to the expiry that query-api shows; -2 for a bound key. */
  readonly deadlineDay?: number;
  readonly uta?: number;
  /** The account is banned from trading. */
  readonly banned?: boolean;
}

export const TRADING_PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  ContractTrade: ['Order', 'Position'],
  Spot: ['SpotTrade'],
  Options: ['OptionsTrade'],
  Derivatives: ['DerivativesTrade'],
  Wallet: ['AccountTransfer'],
  Exchange: ['ExchangeHistory'],
  Earn: [],
  CopyTrading: [],
  BlockTrade: [],
  NFT: [],
  Affiliate: [],
};

export interface SignedParts {
  readonly key: string;
  readonly timestamp: string;
  readonly recvWindow: string;
  readonly sign: string;
  /** Query string or raw body: exactly the bytes that came. */
  readonly payload: string;
}

export class ApiKey {
  readonly spec: KeySpec;
  readonly uid: string;
  readonly permissions: Readonly<Record<string, readonly string[]>>;

  constructor(spec: KeySpec) {
    this.spec = spec;
    this.uid = spec.uid ?? '1001';
    this.permissions = spec.permissions ?? TRADING_PERMISSIONS;
  }

  /** True when `sign` is this key's signature of the text: hex for a secret, base64 for RSA. */
  signed(text: string, sign: string): boolean {
    if (this.spec.publicKeyPem !== undefined) {
      if (!/^[A-Za-z0-9+/]+=*$/.test(sign)) return false;
      return verify('RSA-SHA256', Buffer.from(text), this.spec.publicKeyPem, Buffer.from(sign, 'base64'));
    }
    const expected = createHmac('sha256', this.spec.secret ?? '')
      .update(text)
      .digest('hex');
    return sign.length === expected.length && timingSafeEqual(Buffer.from(sign), Buffer.from(expected));
  }

  /** `group.right`, as `ContractTrade.Order`. */
  allows(right: string): boolean {
    const [group = '', name = ''] = right.split('.');
    return this.permissions[group]?.includes(name) === true;
  }

  bound(): boolean {
    const ips = this.spec.ips ?? [];
    return ips.length > 0 && !ips.includes('*');
  }
}

export class KeyRing {
  readonly #keys = new Map<string, ApiKey>();
  readonly #site: string;

  constructor(site: string) {
    this.#site = site;
  }

  add(spec: KeySpec): ApiKey {
    const key = new ApiKey(spec);
    this.#keys.set(spec.key, key);
    return key;
  }

  remove(key: string): void {
    this.#keys.delete(key);
  }

  /** The key behind a signed request, or the venue's refusal: key, time, signature, expiry, address. */
  check(parts: SignedParts, now: number, ip: string): ApiKey {
    const key = this.find(parts.key);
    checkTime(parts.timestamp, parts.recvWindow, now);
    const text = `${parts.timestamp}${parts.key}${parts.recvWindow}${parts.payload}`;
    if (!key.signed(text, parts.sign)) {
      throw new Refusal(10004, 'error sign! please check your signature generation algorithm.');
    }
    this.checkUse(key, now, ip);
    return key;
  }

  find(name: string): ApiKey {
    const key = this.#keys.get(name);
    if (key === undefined || (key.spec.site ?? this.#site) !== this.#site) {
      throw new Refusal(10003, 'API key is invalid.');
    }
    return key;
  }

  checkUse(key: ApiKey, now: number, ip: string): void {
    if (key.spec.expiresAt !== undefined && now >= key.spec.expiresAt) {
      throw new Refusal(33004, 'Your api key has expired.');
    }
    if (key.bound() && !key.spec.ips?.includes(ip)) {
      throw new Refusal(10010, `Unmatched IP, please check your API key's bound IP addresses.`);
    }
    if (key.spec.banned === true) throw new Refusal(10008, 'User has been banned.');
  }
}

/** Section 2.3: `now - recvWindow <= timestamp < now + 1000`. */
export function checkTime(timestamp: string, recvWindow: string, now: number): void {
  const time = /^\d{13}$/.test(timestamp) ? Number(timestamp) : NaN;
  const width = recvWindow === '' ? 5000 : Number(recvWindow);
  if (!(now - width <= time && time < now + 1000)) {
    throw new Refusal(
      10002,
      `invalid request, please check your server timestamp or recv_window param. req_timestamp[${timestamp}],server_timestamp[${now}],recv_window[${width}]`,
    );
  }
}

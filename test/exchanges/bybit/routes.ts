/** What a REST route is: its limit, its permission and what it does. */
import type { Account } from './accounts.ts';
import type { ApiKey } from './keys.ts';
import type { Allowance } from './limits.ts';
import type { Answer, Params, Payload } from './protocol.ts';
import type { World } from './world.ts';

/** A request that passed all checks. */
export interface PrivateCall {
  readonly world: World;
  readonly params: Params;
  readonly key: ApiKey;
  readonly account: Account;
  readonly now: number;
  /** Units of the rate limit that were granted; a batch runs no more orders than that. */
  readonly granted: number;
}

export interface PublicRoute {
  readonly access: 'public';
  readonly method: 'GET';
  readonly path: string;
  run(world: World, params: Params): Payload | Answer;
}

/** Allowance of an endpoint; some differ by category. */
export type RouteLimit = Allowance | ((params: Params) => Allowance);

export interface PrivateRoute {
  readonly access: 'private';
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly limit: RouteLimit;
  /** null: any key. Otherwise one of these rights, and a key that may write. */
  readonly rights: readonly string[] | ((params: Params) => readonly string[]) | null;
  /** Reading that needs a right (the address book). */
  readonly reads?: boolean;
  /** False: the demo environment refuses it. */
  readonly demo: boolean;
  /** Units of the limit that a request takes (orders in a batch). */
  readonly units?: (params: Params) => number;
  run(call: PrivateCall): Payload | Answer;
}

export type Route = PublicRoute | PrivateRoute;

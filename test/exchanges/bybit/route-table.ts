/** All REST routes of the venue. */
import { ACCOUNT_ROUTES } from './account-rest.ts';
import { PUBLIC_ROUTES } from './market-rest.ts';
import { ORDER_ROUTES } from './order-rest.ts';
import { POSITION_ROUTES } from './position-rest.ts';
import type { Route } from './routes.ts';

export const ROUTES: readonly Route[] = [
  ...PUBLIC_ROUTES,
  ...ORDER_ROUTES,
  ...ACCOUNT_ROUTES,
  ...POSITION_ROUTES,
];

/** All REST routes of the venue. */
import { ACCOUNT_ROUTES } from './account-rest.ts';
import { CONVERT_ROUTES } from './convert-rest.ts';
import { DEPOSIT_ROUTES } from './deposit-rest.ts';
import { PUBLIC_ROUTES } from './market-rest.ts';
import { ORDER_ROUTES } from './order-rest.ts';
import { POSITION_ROUTES } from './position-rest.ts';
import type { Route } from './routes.ts';
import { TRANSFER_ROUTES } from './transfer-rest.ts';

export const ROUTES: readonly Route[] = [
  ...PUBLIC_ROUTES,
  ...ORDER_ROUTES,
  ...ACCOUNT_ROUTES,
  ...POSITION_ROUTES,
  ...TRANSFER_ROUTES,
  ...DEPOSIT_ROUTES,
  ...CONVERT_ROUTES,
];

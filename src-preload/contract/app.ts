import * as z from 'zod/mini';
import { call, topic } from './define.ts';
import type { AppCommand, AppState, FileLocations, Health } from './types/app.ts';
import { nothing } from './values.ts';

/** Pages outside that Holdfast can open: those where keys are made, and those where a venue lists orders. */
export const EXTERNAL_LINKS = [
  'bybit',
  'bybit-testnet',
  'bitget',
  'bitfinex',
  'bybit-orders',
  'bybit-demo-orders',
  'bybit-testnet-orders',
  'bybit-eu-orders',
  'bybit-nl-orders',
] as const;

export const app = {
  calls: {
    state: call<AppState>()({ input: nothing, capability: 'read', unlocked: false }),
    files: call<FileLocations>()({ input: nothing, capability: 'read', unlocked: false }),
    /** Shows one of our own files in the system's file manager. */
    revealFile: call<null>()({
      input: z.strictObject({ file: z.enum(['vault', 'generations', 'ledger', 'settings', 'logs']) }),
      capability: 'read',
      unlocked: false,
    }),
    /** Opens a page of a fixed list in the browser. */
    openLink: call<null>()({
      input: z.strictObject({ link: z.enum(EXTERNAL_LINKS) }),
      capability: 'read',
      unlocked: false,
    }),
    dismissNotice: call<null>()({
      input: z.strictObject({ noticeId: z.string().check(z.minLength(1), z.maxLength(64)) }),
      capability: 'read',
      unlocked: false,
    }),
    quit: call<null>()({ input: nothing, capability: 'read', unlocked: false }),
  },
  topics: {
    state: topic<AppState>()({ params: nothing, delivery: 'latest', unlocked: false }),
    command: topic<AppCommand>()({ params: nothing, delivery: 'every', unlocked: false }),
    health: topic<Health>()({ params: nothing, delivery: 'latest', unlocked: true }),
  },
};

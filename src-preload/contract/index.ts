import { accounts } from './accounts.ts';
import { activity } from './activity.ts';
import { alerts } from './alerts.ts';
import { app } from './app.ts';
import { surfaceOf } from './define.ts';
import type { ApiOf, HandlersOf, TopicSourcesOf } from './define.ts';
import { funds } from './funds.ts';
import { market } from './market.ts';
import { portfolio } from './portfolio.ts';
import { practice } from './practice.ts';
import { risk } from './risk.ts';
import { settings } from './settings.ts';
import { trading } from './trading.ts';
import { vault } from './vault.ts';

/** The whole border between main and the window. Nothing else crosses it. */
export const contract = {
  app,
  vault,
  accounts,
  market,
  trading,
  risk,
  funds,
  portfolio,
  activity,
  alerts,
  settings,
  practice,
};
export type Contract = typeof contract;

/** What the window sees as `window.holdfast`. */
export type HoldfastApi = ApiOf<Contract>;
/** What main has to implement: complete by type. */
export type Handlers<Context> = HandlersOf<Contract, Context>;
export type TopicSources = TopicSourcesOf<Contract>;

export const surface = () => surfaceOf(contract);

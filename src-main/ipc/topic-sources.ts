import type { TopicSources } from '../../src-preload/contract/index.ts';
import type { ApplicationState } from '../app-state.ts';
import type { CommandBus } from '../shell/commands.ts';
import type { UnlockedSession } from '../session/unlocked-session.ts';
import type { SettingsStore } from '../storage/settings.ts';

interface Parts {
  readonly live: () => UnlockedSession;
  readonly state: ApplicationState;
  readonly commands: CommandBus;
  readonly settings: SettingsStore;
}

/** Where each topic of the contract gets its events from. Those of an open vault ask for the live session. */
export function topicSources(parts: Parts): TopicSources {
  const { live } = parts;
  return {
    app: {
      state: (_params, emit) => {
        const tell = () => {
          void parts.state.now().then(emit);
        };
        tell();
        return parts.state.changed.on(tell);
      },
      command: (_params, emit) => parts.commands.listen(emit),
      health: (_params, emit) => {
        const { health } = live();
        emit(health.now());
        return health.changed.on(() => {
          emit(health.now());
        });
      },
    },
    vault: {},
    accounts: {
      list: (_params, emit) => {
        const { directory } = live();
        emit(directory.list());
        return directory.changed.on(emit);
      },
    },
    market: marketSources(live),
    trading: tradingSources(live),
    portfolio: {
      view: (_params, emit) => live().portfolio.onView(emit),
    },
    alerts: {
      list: (_params, emit) => {
        const { alerts, alertsChanged } = live();
        emit(alerts.list());
        return alertsChanged.on(emit);
      },
      fired: (_params, emit) =>
        live().fired.on(({ firing }) => {
          emit(firing);
        }),
    },
    funds: {},
    risk: {
      killSwitch: (_params, emit) => {
        const { killSwitch } = live();
        // What cannot be read is told by the call; here there is nothing to tell then.
        killSwitch.status().then(emit, () => undefined);
        return killSwitch.changed.on(emit);
      },
    },
    activity: {
      requests: (_params, emit) => live().requests.rows.on(emit),
    },
    settings: {
      changed: (_params, emit) => {
        emit(parts.settings.get());
        return parts.settings.onChange(emit);
      },
    },
    practice: {},
  };
}

function marketSources(live: () => UnlockedSession): TopicSources['market'] {
  return {
    tickers: (params, emit) => live().hub.sources.tickers(params, emit),
    optionChain: (params, emit) => live().hub.sources.optionChain(params, emit),
    ticker: (params, emit) => live().hub.sources.ticker(params, emit),
    book: (params, emit) => live().hub.sources.book(params, emit),
    trades: (params, emit) => live().hub.sources.trades(params, emit),
    candle: (params, emit) => live().hub.sources.candle(params, emit),
  };
}

function tradingSources(live: () => UnlockedSession): TopicSources['trading'] {
  return {
    orders: (_params, emit) => live().orders.on(emit),
    fills: (_params, emit) => live().fills.on(emit),
    positions: (_params, emit) => {
      const { sessions } = live();
      const tell = () => {
        emit(sessions.all().flatMap((session) => session.positions));
      };
      tell();
      return sessions.onEvent((_session, event) => {
        if (event.kind === 'positions') tell();
      });
    },
    reconciliation: (_params, emit) => {
      const { reconciler } = live();
      for (const one of reconciler.running()) emit(one);
      return reconciler.news.on(emit);
    },
  };
}

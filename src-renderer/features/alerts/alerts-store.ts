import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { ErrorShape, Result } from '../../../src-preload/contract/result.ts';
import type { Alert, AlertDraft, AlertFiring } from '../../../src-preload/contract/types/alert.ts';
import { api } from '../../lib/api.ts';
import { refCounted } from '../orders/ref-counted.ts';
import { draftOf } from './alert-form.ts';
import { EMPTY_LOG, addFirings, allSeen, takeFirstPage, takeOlderPage } from './alert-log.ts';
import { sortAlerts } from './alert-order.ts';
import { useClearOnLock } from '../orders/use-clear-on-lock.ts';

const LOG_PAGE = 50;

type FiredListener = (firings: readonly AlertFiring[]) => void;

/** Alerts and their log. Evaluation happens in main: this only shows and asks. */
export const useAlertsStore = defineStore('alerts', () => {
  const alerts = shallowRef<readonly Alert[] | null>(null);
  const log = shallowRef(EMPTY_LOG);
  const logLoaded = ref(false);
  const error = shallowRef<ErrorShape | null>(null);
  const logError = shallowRef<ErrorShape | null>(null);
  const listeners = new Set<FiredListener>();
  let listEvents = 0;
  let since: readonly AlertFiring[] = [];
  let session = 0;

  function takeList(result: Result<readonly Alert[]>): void {
    if (result.ok) alerts.value = sortAlerts(result.value);
    error.value = result.ok ? null : result.error;
  }

  async function loadList(): Promise<void> {
    const before = listEvents;
    const mine = session;
    const answer = await api.alerts.list({});
    // The topic sends whole lists, so one that came meanwhile is newer.
    if (before === listEvents && mine === session) takeList(answer);
  }

  async function loadLog(): Promise<void> {
    const mine = session;
    since = [];
    const answer = await api.alerts.log({ limit: LOG_PAGE });
    if (mine !== session) return;
    logError.value = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    log.value = takeFirstPage(answer.value, since);
    logLoaded.value = true;
  }

  async function loadOlder(): Promise<void> {
    const answer = await api.alerts.log({ limit: LOG_PAGE, offset: log.value.rows.length });
    logError.value = answer.ok ? null : answer.error;
    if (answer.ok) log.value = takeOlderPage(log.value, answer.value);
  }

  function takeFirings(event: Result<readonly AlertFiring[]>): void {
    if (!event.ok) return void loadLog();
    since = [...since, ...event.value];
    log.value = addFirings(log.value, event.value);
    for (const listener of listeners) listener(event.value);
  }

  const open = refCounted(() => {
    session += 1;
    const closeList = api.subscribe('alerts.list', {}, (event) => {
      listEvents += 1;
      takeList(event);
    });
    const closeFired = api.subscribe('alerts.fired', {}, takeFirings);
    void loadList();
    void loadLog();
    return () => {
      session += 1;
      closeList();
      closeFired();
    };
  });

  /** Hears of firings as they happen, not of those in the log. */
  function onFired(listener: FiredListener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  function put(alert: Alert): void {
    const others = (alerts.value ?? []).filter((known) => known.id !== alert.id);
    alerts.value = sortAlerts([...others, alert]);
  }

  async function changed(pending: Promise<Result<Alert>>): Promise<Result<Alert>> {
    const answer = await pending;
    if (answer.ok) put(answer.value);
    return answer;
  }

  const create = (draft: AlertDraft): Promise<Result<Alert>> => changed(api.alerts.create(draft));
  const update = (alertId: string, draft: AlertDraft): Promise<Result<Alert>> =>
    changed(api.alerts.update({ alertId, ...draft }));
  const pause = (alertId: string): Promise<Result<Alert>> => changed(api.alerts.pause({ alertId }));
  const resume = (alertId: string): Promise<Result<Alert>> => changed(api.alerts.resume({ alertId }));

  async function remove(alertId: string): Promise<Result<null>> {
    const answer = await api.alerts.remove({ alertId });
    if (answer.ok) alerts.value = (alerts.value ?? []).filter((alert) => alert.id !== alertId);
    return answer;
  }

  /**
   * Undoes a removal by making the alert again. It gets a new id, and it stays silent if it was: an alert
   * that was paused or done must not come back armed.
   */
  async function restore(alert: Alert): Promise<Result<Alert>> {
    const made = await create(draftOf(alert));
    return made.ok && alert.state !== 'active' ? pause(made.value.id) : made;
  }

  async function markSeen(): Promise<void> {
    if (log.value.unseen === 0) return;
    const answer = await api.alerts.markSeen({});
    if (answer.ok) log.value = allSeen(log.value);
  }

  /** Forgets everything: for the lock. */
  function clear(): void {
    session += 1;
    alerts.value = null;
    log.value = EMPTY_LOG;
    logLoaded.value = false;
    error.value = null;
    logError.value = null;
  }

  useClearOnLock(clear);
  return {
    alerts,
    log,
    logLoaded,
    error,
    logError,
    unseen: computed(() => log.value.unseen),
    open,
    onFired,
    loadList,
    loadLog,
    loadOlder,
    create,
    update,
    pause,
    resume,
    remove,
    restore,
    markSeen,
    clear,
  };
});

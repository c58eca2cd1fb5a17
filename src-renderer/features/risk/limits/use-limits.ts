import { computed, onScopeDispose, ref, shallowRef } from 'vue';
import { useIntervalFn } from '@vueuse/core';
import type { ErrorShape, Result } from '../../../../src-preload/contract/result.ts';
import {
  RISK_LIMIT_NAMES,
  type RiskLimitName,
  type RiskLimitsEntry,
  type RiskUse,
} from '../../../../src-preload/contract/types/risk.ts';
import { api, shapeOf } from '../../../lib/api.ts';
import { useLimitsDraftStore } from './limits-draft-store.ts';
import { changedNames, checkLimit, draftOf, limitsOf, NO_LIMITS, type LimitsDraft } from './limits-form.ts';

/** The use beside a limit is a standing figure, not a tick. */
const USE_MS = 5000;

/** One scope that will be saved: all accounts (null) or one. */
export interface LimitsChange {
  readonly accountId: string | null;
  readonly names: readonly RiskLimitName[];
}

const keyOf = (accountId: string | null): string => accountId ?? '';
const never = (accountId: string | null): RiskLimitsEntry => ({
  accountId,
  version: 0,
  changedAt: null,
  limits: NO_LIMITS,
});

/** The limits of all scopes, what is typed over them, and where each account stands. */
export function useLimits() {
  const entries = shallowRef<ReadonlyMap<string, RiskLimitsEntry>>(new Map());
  const use = shallowRef<ReadonlyMap<string, RiskUse>>(new Map());
  const { drafts } = useLimitsDraftStore();
  const loaded = ref(false);
  const error = shallowRef<ErrorShape | null>(null);
  const useError = shallowRef<ErrorShape | null>(null);
  const saving = ref(false);
  const saveError = shallowRef<ErrorShape | null>(null);

  const entryOf = (accountId: string | null): RiskLimitsEntry =>
    entries.value.get(keyOf(accountId)) ?? never(accountId);

  /** The form of a scope; what was typed stays while another scope or another page is looked at. */
  function draftFor(accountId: string | null): LimitsDraft {
    const key = keyOf(accountId);
    if (!drafts.has(key)) drafts.set(key, draftOf(entryOf(accountId).limits));
    return drafts.get(key) as LimitsDraft;
  }

  async function loadUse(): Promise<void> {
    const answer = await api.risk.use({});
    useError.value = answer.ok ? null : answer.error;
    if (answer.ok) use.value = new Map(answer.value.map((one) => [one.accountId, one]));
  }

  async function load(): Promise<void> {
    const answer = await api.risk.limits({});
    error.value = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    entries.value = new Map(answer.value.map((entry) => [keyOf(entry.accountId), entry]));
    loaded.value = true;
  }

  const changes = computed((): readonly LimitsChange[] =>
    [...drafts].flatMap(([key, draft]) => {
      const accountId = key === '' ? null : key;
      const names = changedNames(entryOf(accountId).limits, draft);
      return names.length === 0 ? [] : [{ accountId, names }];
    }),
  );
  const valid = computed(() =>
    [...drafts.values()].every((draft) =>
      RISK_LIMIT_NAMES.every((name) => checkLimit(name, draft[name]) === null),
    ),
  );

  async function saveScope(accountId: string | null, passphrase: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const { allowedMarkets, ...rest } = limitsOf(draftFor(accountId));
    const limits = { ...rest, allowedMarkets: allowedMarkets === null ? null : [...allowedMarkets] };
    const answer = await api.risk
      .setLimits({ accountId, limits, passphrase })
      .catch((thrown: unknown): Result<RiskLimitsEntry> => ({ ok: false, error: shapeOf(thrown) }));
    if (!answer.ok) {
      saveError.value = answer.error;
      return false;
    }
    entries.value = new Map([...entries.value, [keyOf(accountId), answer.value]]);
    drafts.set(keyOf(accountId), draftOf(answer.value.limits));
    return true;
  }

  /** Saves what differs, scope by scope; stops at the first refusal. The bytes are overwritten in any case. */
  async function save(passphrase: Uint8Array<ArrayBuffer>): Promise<boolean> {
    if (saving.value) {
      passphrase.fill(0);
      return false;
    }
    saving.value = true;
    saveError.value = null;
    try {
      for (const { accountId } of changes.value) {
        if (!(await saveScope(accountId, passphrase))) return false;
      }
      return true;
    } finally {
      passphrase.fill(0);
      saving.value = false;
    }
  }

  // A form that says what is saved is no draft: kept, it would undo what is saved by other means.
  onScopeDispose(() => {
    const changed = new Set(changes.value.map(({ accountId }) => keyOf(accountId)));
    for (const key of [...drafts.keys()]) if (loaded.value && !changed.has(key)) drafts.delete(key);
  });
  void load();
  void loadUse();
  useIntervalFn(() => void loadUse(), USE_MS);
  return {
    entryOf,
    draftFor,
    useFor: (accountId: string) => use.value.get(accountId) ?? null,
    reload: async () => {
      await Promise.all([load(), loadUse()]);
    },
    discard: () => drafts.clear(),
    save,
    changes,
    valid,
    loaded,
    error,
    useError,
    saving,
    saveError,
  };
}

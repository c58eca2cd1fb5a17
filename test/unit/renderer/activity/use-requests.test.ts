// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { effectScope, shallowRef, type EffectScope } from 'vue';
import type { RequestRow } from '../../../../src-preload/contract/types/activity.ts';
import {
  NO_FILTER,
  type ActivityFilter,
} from '../../../../src-renderer/features/activity/activity-filter.ts';
import { useRequests } from '../../../../src-renderer/features/activity/use-requests.ts';
import { installBridge, settle } from '../lib/bridge.ts';
import { fresh, ledger, request, requests } from './builders.ts';

let scope: EffectScope | undefined;
afterEach(() => scope?.stop());

async function open(answer: (input: unknown) => unknown) {
  const bridge = installBridge({ 'activity.requests': answer });
  const filter = shallowRef<ActivityFilter>(NO_FILTER);
  scope = effectScope();
  const log = scope.run(() => useRequests(() => filter.value));
  if (log === undefined) throw new Error('no scope');
  await settle();
  const happen = async (...rows: readonly RequestRow[]): Promise<void> => {
    bridge.emit('activity.requests {}', { ok: true, value: rows });
    await settle();
  };
  const ids = () => log.rows.value.map(({ id }) => id);
  const offsets = () => bridge.calls.map(({ input }) => input['offset']);
  return { bridge, filter, log, happen, ids, offsets };
}
const many = (from: number, count: number) => Array.from({ length: count }, (_one, at) => fresh(from + at));

describe('useRequests', () => {
  it('skips no row and shows none twice when older pages are opened while the log grows', async () => {
    const kept = ledger(250);
    const { log, happen, ids, offsets } = await open(kept.page);
    kept.add(...many(251, 3));
    await happen(...many(251, 3));
    const seen = [...ids()];
    await log.next();
    expect([offsets().at(-1), log.from.value, log.held.value]).toEqual([103, 104, 3]);
    seen.push(...ids());
    kept.add(fresh(254));
    await happen(fresh(254));
    await log.next();
    seen.push(...ids());
    expect(seen).toEqual(Array.from({ length: 253 }, (_one, at) => 253 - at));
    expect([log.hasNext.value, log.total.value]).toEqual([false, 254]);
  });

  it('is back at the newest rows after paging forth and back', async () => {
    const kept = ledger(150);
    const { log, happen, ids, offsets } = await open(kept.page);
    await log.next();
    kept.add(...many(151, 2));
    await happen(...many(151, 2));
    await log.previous();
    expect(offsets().at(-1)).toBe(0);
    expect(ids().slice(0, 3)).toEqual([152, 151, 150]);
    expect([ids().length, log.total.value, log.held.value]).toEqual([100, 152, 0]);
  });

  it('reads the first page anew instead of growing without end', async () => {
    const kept = ledger(100);
    const { happen, ids, offsets } = await open(kept.page);
    kept.add(...many(101, 101));
    await happen(...many(101, 101));
    expect(offsets()).toEqual([0, 0]);
    expect([ids().length, ids()[0]]).toEqual([100, 201]);
  });

  it('stands still while paused, however much happens, and catches up at once', async () => {
    const kept = ledger(2);
    const { log, happen, ids, offsets } = await open(kept.page);
    log.paused.value = true;
    for (let from = 3; from < 603; from += 100) {
      kept.add(...many(from, 100));
      await happen(...many(from, 100));
    }
    expect([ids(), log.held.value, offsets()]).toEqual([[2, 1], 600, [0]]);
    log.paused.value = false;
    await settle();
    expect([ids()[0], ids().length, log.held.value]).toEqual([602, 100, 0]);
  });

  it('forgets what arrived under another filter', async () => {
    const kept = ledger(2);
    const { filter, happen, ids } = await open(kept.page);
    await happen(fresh(3), fresh(4, { outcome: 'failed' }));
    filter.value = { ...NO_FILTER, outcome: 'failed' };
    await settle();
    expect(ids()).toEqual([]);
    await happen(fresh(5), fresh(6, { outcome: 'failed' }));
    expect(ids()).toEqual([6]);
  });

  it('drops the answer for a filter that was left meanwhile', async () => {
    const answers: ((value: unknown) => void)[] = [];
    const { filter, ids, happen } = await open(() => new Promise((resolve) => answers.push(resolve)));
    filter.value = { ...NO_FILTER, outcome: 'ok' };
    await settle();
    answers[1]?.({ rows: requests(2, 2), total: 2 });
    await settle();
    await happen(fresh(3));
    answers[0]?.({ rows: [request(9)], total: 1 });
    await settle();
    expect(ids()).toEqual([3, 2, 1]);
  });

  it('listens again after its tail broke, and closes with its view', async () => {
    const { bridge, log, happen, ids } = await open(ledger(1).page);
    const error = { code: 'topic.overflow', kind: 'internal', message: 'Too much at once.' } as const;
    bridge.emit('activity.requests {}', { ok: false, error });
    await settle();
    expect([log.tailError.value?.code, bridge.open.get('activity.requests {}')?.size]).toEqual([
      'topic.overflow',
      0,
    ]);
    await log.reload();
    await settle();
    await happen(fresh(2));
    expect(ids()).toEqual([2, 1]);
    scope?.stop();
    expect(bridge.open.get('activity.requests {}')?.size).toBe(0);
  });
});

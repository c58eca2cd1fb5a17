import type { Handlers } from '../../../src-preload/contract/index.ts';
import type { RequestActivity } from '../../session/request-activity.ts';
import type { CallContext } from '../router.ts';

interface Parts {
  readonly requests: () => RequestActivity;
  /** Asks in a dialog of main's own where to; null when the person cancelled. */
  readonly chooseFile: () => Promise<string | null>;
}

export function activityHandlers(parts: Parts): Handlers<CallContext>['activity'] {
  return {
    requests: (page) => parts.requests().list(page),
    latency: () => parts.requests().latency(),
    export: async (filter) => {
      // Asked for first: a locked vault opens no dialog, and one locked meanwhile writes nothing.
      parts.requests();
      const path = await parts.chooseFile();
      return path === null ? null : { path, rows: await parts.requests().exportTo(path, filter) };
    },
    clear: async () => {
      await parts.requests().clear();
      return null;
    },
  };
}

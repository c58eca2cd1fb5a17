import type { Handlers } from '../../../src-preload/contract/index.ts';
import type { AppState, FileLocations } from '../../../src-preload/contract/types/app.ts';
import { nearestExisting } from '../../nearest-existing.ts';
import type { Notices } from '../../notices.ts';
import type { LinkId } from '../../shell/external-links.ts';
import type { CallContext } from '../router.ts';

interface Parts {
  readonly state: () => Promise<AppState>;
  readonly files: FileLocations;
  readonly notices: Notices;
  readonly reveal: (path: string) => void;
  readonly openLink: (id: LinkId) => Promise<void>;
  readonly quit: () => void;
}

export function appHandlers(parts: Parts): Handlers<CallContext>['app'] {
  return {
    state: () => parts.state(),
    files: () => parts.files,
    revealFile: ({ file }) => {
      // Before the first save there are no earlier states, and the file manager ignores what is not there.
      parts.reveal(nearestExisting(parts.files[file]));
      return null;
    },
    openLink: async ({ link }) => {
      await parts.openLink(link);
      return null;
    },
    dismissNotice: ({ noticeId }) => {
      parts.notices.dismiss(noticeId);
      return null;
    },
    quit: () => {
      parts.quit();
      return null;
    },
  };
}

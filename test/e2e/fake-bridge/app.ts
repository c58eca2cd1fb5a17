import type { AppState, Notice } from '../../../src-preload/contract/types/app.ts';
import { onSession, phase, signal } from './session.ts';
import type { FakePart } from './fake-state.ts';

const NOTICES: readonly Notice[] = [
  {
    id: 'notice-fake-1',
    severity: 'warning',
    code: 'ledger.setAside',
    message: 'The ledger was damaged and has been set aside; history before today is in the set-aside file.',
  },
];

export const app: FakePart = (state) => {
  let notices = state.flags.includes('notice') ? NOTICES : [];
  const current = (): AppState => ({
    phase: phase(state),
    version: '0.1.0',
    platform: 'linux',
    packaged: false,
    screenLock: state.flags.includes('noScreenLock') ? 'none' : 'dbus',
    lockReason: state.flags.includes('idleLock') ? 'idle' : null,
    notices,
    time: state.now,
  });
  return {
    calls: {
      app: {
        state: current,
        files: () => ({
          vault: '/home/example/.config/Holdfast/vault.hfv',
          generations: '/home/example/.config/Holdfast/vault.hfv.generations',
          ledger: '/home/example/.config/Holdfast/ledger.db',
          settings: '/home/example/.config/Holdfast/settings.json',
          logs: '/home/example/.config/Holdfast/logs',
        }),
        revealFile: () => null,
        openLink: () => null,
        quit: () => null,
        dismissNotice: ({ noticeId }) => {
          notices = notices.filter((notice) => notice.id !== noticeId);
          signal();
          return null;
        },
      },
    },
    topics: {
      app: {
        state: (_params, emit) => onSession(() => emit(current())),
        command: () => () => undefined,
      },
    },
  };
};

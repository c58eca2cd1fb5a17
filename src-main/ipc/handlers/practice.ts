import type { Handlers } from '../../../src-preload/contract/index.ts';
import type { PracticeControl } from '../../exchanges/practice/practice-exchange.ts';
import type { SettingsStore } from '../../storage/settings.ts';
import { PRACTICE_ACCOUNT } from '../../trading/account-directory.ts';
import type { CallContext } from '../router.ts';

interface Parts {
  readonly control: () => PracticeControl;
  readonly settings: SettingsStore;
  readonly chooseReplayFile: () => Promise<string | null>;
  /** The venue has other markets now. */
  readonly onSourceChanged: () => void;
}

export function practiceHandlers({
  control,
  settings,
  chooseReplayFile,
  onSourceChanged,
}: Parts): Handlers<CallContext>['practice'] {
  const present = () => settings.get().practice;
  return {
    settings: present,
    useSynthetic: async ({ seed }) => {
      await control().setSource({ kind: 'synthetic', seed });
      onSourceChanged();
      return settings.setPractice({ ...present(), source: 'synthetic', seed }).practice;
    },
    chooseReplay: async ({ speed }) => {
      const file = await chooseReplayFile();
      if (file === null) return null;
      await control().setSource({ kind: 'replay', file, speed });
      onSourceChanged();
      return settings.setPractice({ ...present(), source: 'replay', replayFile: file, speed }).practice;
    },
    setSpeed: ({ speed }) => {
      control().setSpeed(speed);
      return settings.setPractice({ ...present(), speed }).practice;
    },
    restartReplay: async () => {
      await control().restartReplay();
      return present();
    },
    resetAccount: () => {
      control().reset(PRACTICE_ACCOUNT);
      return null;
    },
    deposit: ({ asset, amount }) => {
      control().deposit(PRACTICE_ACCOUNT, asset, amount);
      return null;
    },
  };
}

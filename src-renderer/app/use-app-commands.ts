import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import type { AppCommand } from '../../src-preload/contract/types/app.ts';
import { registerCommands, type Command } from '../lib/commands.ts';
import { useAccountsStore } from '../lib/use-accounts-store.ts';
import { useSessionStore } from '../lib/use-session-store.ts';
import { useKillSwitchStore } from '../features/risk/kill-switch-store.ts';
import { useOptionCommands } from '../features/options/use-option-commands.ts';
import { useSettingsStore } from '../lib/use-settings-store.ts';
import { DESTINATIONS } from './destinations.ts';
import { useFrame } from './use-frame.ts';

type Actions = Readonly<Record<AppCommand, () => void>>;

/** What the menu, the tray, the keys and the palette can ask the window to do; the palette gets all of it. */
export function useAppCommands(): Actions {
  const { t } = useI18n();
  const router = useRouter();
  const accounts = useAccountsStore();
  const session = useSessionStore();
  const settings = useSettingsStore();
  const frame = useFrame();
  const killSwitch = useKillSwitchStore();

  const go = (name: string) => () => void router.push({ name });
  const actions: Actions = {
    palette: () => (frame.paletteOpen.value = true),
    portfolio: go('portfolio'),
    trade: go('trade'),
    orders: go('orders'),
    alerts: go('alerts'),
    activity: go('activity'),
    funds: go('funds'),
    accounts: go('accounts'),
    settings: go('settings'),
    lock: () => void session.lock(),
    hideAmounts: () => void settings.toggleHideAmounts(),
    about: () => void router.push({ name: 'settings', params: { section: 'about' } }),
  };

  const places = (): Command[] =>
    DESTINATIONS.map((place) => ({
      id: `go.${place.name}`,
      title: t('app.palette.go', { place: t(`app.nav.${place.name}`) }),
      keys: place.keys,
      group: t('app.palette.groupGo'),
      run: actions[place.name],
    }));

  const looks = (): Command[] => [
    ...(['system', 'dark', 'light'] as const).map((theme) => ({
      id: `theme.${theme}`,
      title: t('app.palette.theme', { name: t(`settings.appearance.themes.${theme}`) }),
      group: t('app.palette.groupWindow'),
      run: () => void settings.update({ theme }),
    })),
    ...(['comfortable', 'compact'] as const).map((density) => ({
      id: `density.${density}`,
      title: t('app.palette.density', { name: t(`settings.appearance.densities.${density}`) }),
      group: t('app.palette.groupWindow'),
      run: () => void settings.update({ density }),
    })),
  ];

  const window = (): Command[] => {
    const group = t('app.palette.groupWindow');
    return [
      {
        id: 'killSwitch',
        title: t('risk.kill.title'),
        keys: 'Shift+Esc',
        group,
        run: () => (killSwitch.dialogOpen = true),
      },
      { id: 'lock', title: t('app.lock'), keys: 'Ctrl+L', group, run: actions.lock },
      { id: 'hideAmounts', title: t('app.hideAmounts'), keys: '.', group, run: actions.hideAmounts },
      {
        id: 'hotkeys',
        title: t('app.hotkeys.title'),
        keys: '?',
        group,
        run: () => (frame.hotkeysOpen.value = true),
      },
      {
        id: 'limits',
        title: t('risk.limits.title'),
        group,
        run: () => void router.push({ name: 'settings', params: { section: 'limits' } }),
      },
      ...looks(),
      { id: 'about', title: t('settings.about.title'), group, run: actions.about },
    ];
  };

  const choices = (): Command[] =>
    accounts.list.map((account) => ({
      id: `account.${account.id}`,
      title: t('app.palette.useAccount', { name: account.label }),
      group: t('app.palette.groupAccount'),
      run: () => accounts.activate(account.id),
    }));

  useOptionCommands();
  registerCommands(() => [...places(), ...window(), ...choices()]);
  return actions;
}

import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import { VENUES } from '../../../src-preload/contract/types/market.ts';
import { registerCommands } from '../../lib/commands.ts';
import { useAccountsStore } from '../../lib/use-accounts-store.ts';

/** The options chain of each venue that has one and an account of ours, in the palette. */
export function useOptionCommands(): void {
  const { t } = useI18n();
  const router = useRouter();
  const accounts = useAccountsStore();
  registerCommands(() =>
    VENUES.filter((venue) => {
      const can = accounts.capabilitiesOf(venue);
      const own = accounts.list.some((account) => account.venue === venue);
      return own && can?.available === true && can.marketKinds.includes('option');
    }).map((venue) => ({
      id: `options.${venue}`,
      title: t('options.command', { venue: t(`app.venue.${venue}`) }),
      group: t('app.palette.groupGo'),
      run: () => void router.push({ name: 'options', params: { venue } }),
    })),
  );
}

import { createPracticeExchange } from '../exchanges/practice/practice-exchange.ts';
import type {
  PracticeExchange,
  PracticeOptions,
  SourceChoice,
} from '../exchanges/practice/practice-exchange.ts';
import type { Settings } from '../../src-preload/contract/types/settings.ts';
import { joinStates } from '../exchanges/practice/saved-history.ts';
import { PRACTICE_RECENT_KEY, PRACTICE_STATE_KEY } from './practice-saver.ts';
import type { SessionParts } from './session-parts.ts';

/** Loaded when a record is opened: most people never do, and its readers are a tenth of the program. */
const openRecording: PracticeOptions['openRecording'] = async (file) => {
  const recording = await import('../market/recording/open-recording.ts');
  return recording.openRecording(file);
};

/** Opens the practice exchange as it was left. A record that cannot be read any more gives way to the synthetic market. */
export async function openPractice({
  ledger,
  settings,
  notices,
  timers,
}: SessionParts): Promise<PracticeExchange> {
  const stored = await storedStates(ledger.repositories);
  const { practice } = settings.get();
  const start = async (source: SourceChoice): Promise<PracticeExchange> => {
    const exchange = await createPracticeExchange({ clock: timers.now, openRecording, source });
    try {
      const state = newestOf(stored);
      if (state !== null) exchange.control.importState(state);
    } catch (error) {
      // The account starts again; what was stored is kept apart, because the next save takes its place.
      await keepDamaged(ledger, stored, timers.now());
      notices.failure('practice.state', error, 'warning');
    }
    return exchange;
  };
  try {
    return await start(chosenSource(practice));
  } catch (error) {
    notices.failure('practice.replay', error, 'warning');
    return start({ kind: 'synthetic', seed: practice.seed });
  }
}

/** As texts of the ledger; null = not there. */
interface Stored {
  readonly whole: string | null;
  readonly recent: string | null;
}

async function storedStates({ keyValues }: SessionParts['ledger']['repositories']): Promise<Stored> {
  const read = (key: string) => keyValues.get({ key }).catch(() => null);
  const [whole, recent] = await Promise.all([read(PRACTICE_STATE_KEY), read(PRACTICE_RECENT_KEY)]);
  return { whole, recent };
}

/** Throws when what is stored is no state. */
function newestOf({ whole, recent }: Stored): unknown {
  const [before, after] = [whole, recent].map((text) =>
    text === null ? null : (JSON.parse(text) as unknown),
  );
  if (after === null) return before;
  if (before === null) return after;
  // The recent one is taken away after the whole one was written: a crash in between leaves an older one.
  return savedAtOf(before) > savedAtOf(after) ? before : joinStates(before, after);
}

const savedAtOf = (state: unknown): number => Number((state as { savedAt?: unknown } | null)?.savedAt);

async function keepDamaged(
  ledger: SessionParts['ledger'],
  { whole, recent }: Stored,
  time: number,
): Promise<void> {
  const keep = async (key: string, value: string | null): Promise<void> => {
    if (value === null) return;
    await ledger.repositories.keyValues.set({ key: `${key}.damaged`, value, time }).catch(() => undefined);
  };
  await keep(PRACTICE_STATE_KEY, whole);
  await keep(PRACTICE_RECENT_KEY, recent);
}

function chosenSource({ source, replayFile, speed, seed }: Settings['practice']): SourceChoice {
  return source === 'replay' && replayFile !== null
    ? { kind: 'replay', file: replayFile, speed }
    : { kind: 'synthetic', seed };
}

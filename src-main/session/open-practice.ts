import { createPracticeExchange } from '../exchanges/practice/practice-exchange.ts';
import type {
  PracticeExchange,
  PracticeOptions,
  SourceChoice,
} from '../exchanges/practice/practice-exchange.ts';
import type { Settings } from '../../src-preload/contract/types/settings.ts';
import { PRACTICE_STATE_KEY } from './practice-saver.ts';
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
  const stored = await ledger.repositories.keyValues.get({ key: PRACTICE_STATE_KEY }).catch(() => null);
  const { practice } = settings.get();
  const start = async (source: SourceChoice): Promise<PracticeExchange> => {
    const exchange = await createPracticeExchange({ clock: timers.now, openRecording, source });
    try {
      if (stored !== null) exchange.control.importState(JSON.parse(stored));
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

async function keepDamaged(
  ledger: SessionParts['ledger'],
  stored: string | null,
  time: number,
): Promise<void> {
  if (stored === null) return;
  const kept = { key: `${PRACTICE_STATE_KEY}.damaged`, value: stored, time };
  await ledger.repositories.keyValues.set(kept).catch(() => undefined);
}

function chosenSource({ source, replayFile, speed, seed }: Settings['practice']): SourceChoice {
  return source === 'replay' && replayFile !== null
    ? { kind: 'replay', file: replayFile, speed }
    : { kind: 'synthetic', seed };
}

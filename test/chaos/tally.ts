/** What a run has seen: a proof that met nothing proves nothing. */
export interface Tally {
  seconds: number;
  /** Kills by the moment that was chosen. */
  readonly moments: Partial<Record<string, number>>;
  /** What became of the wishes that were made and not answered when the program died. */
  readonly inFlight: {
    beforeTheJournal: number;
    journaledNotSent: number;
    acceptedNotAnswered: number;
    refusedNotAnswered: number;
  };
  /** Kills with at least one wish in flight. */
  killsInFlight: number;
  /** Orders whose fate the ledger did not know at a start, and those that were settled then. */
  unknownFound: number;
  unknownResolved: number;
  /** Of those, how many needed the button "look again". */
  lookedAgain: number;
  /** Orders and executions of the venue at the end. */
  orders: number;
  fills: number;
  /** Wishes refused by a limit. */
  refusedByLimits: number;
  mostOpen: number;
  /** Starts that found the kill switch engaged. */
  foundEngaged: number;
  pressedAgain: number;
}

export const emptyTally = (): Tally => ({
  seconds: 0,
  moments: {},
  inFlight: { beforeTheJournal: 0, journaledNotSent: 0, acceptedNotAnswered: 0, refusedNotAnswered: 0 },
  killsInFlight: 0,
  unknownFound: 0,
  unknownResolved: 0,
  lookedAgain: 0,
  orders: 0,
  fills: 0,
  refusedByLimits: 0,
  mostOpen: 0,
  foundEngaged: 0,
  pressedAgain: 0,
});

/** The line at the end of the full form. */
export function summary(kills: number, tally: Tally): string {
  const { beforeTheJournal, journaledNotSent, acceptedNotAnswered, refusedNotAnswered } = tally.inFlight;
  const inFlight = beforeTheJournal + journaledNotSent + acceptedNotAnswered + refusedNotAnswered;
  return [
    `${String(kills)} kills in ${tally.seconds.toFixed(0)} s`,
    `${String(tally.orders)} orders placed, ${String(tally.fills)} fills`,
    `${String(inFlight)} wishes in flight at ${String(tally.killsInFlight)} kills (before the journal ${String(beforeTheJournal)}, journaled and not sent ${String(journaledNotSent)}, accepted and not answered ${String(acceptedNotAnswered)}, refused and not answered ${String(refusedNotAnswered)})`,
    `${String(tally.unknownFound)} unknown outcomes found, ${String(tally.unknownResolved)} resolved (${String(tally.lookedAgain)} by looking again)`,
    `${String(tally.refusedByLimits)} refused by limits, at most ${String(tally.mostOpen)} open at once`,
    `kill switch found engaged at ${String(tally.foundEngaged)} starts`,
    `${String(tally.pressedAgain)} wishes pressed again`,
  ].join('; ');
}

/** What a full run has to have met, and this one has not. */
export function neverMet(tally: Tally): readonly string[] {
  const { beforeTheJournal, journaledNotSent, acceptedNotAnswered } = tally.inFlight;
  const { unknownFound, refusedByLimits, foundEngaged, pressedAgain, fills } = tally;
  const wanted = {
    beforeTheJournal,
    journaledNotSent,
    acceptedNotAnswered,
    unknownFound,
    refusedByLimits,
    foundEngaged,
    pressedAgain,
    fills,
  };
  return Object.entries(wanted).flatMap(([name, count]) => (count === 0 ? [name] : []));
}

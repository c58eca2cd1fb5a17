import type { Db } from '../open.ts';

/**
 * `sending`: written, and perhaps sent. `unknown`: sent, and the answer was lost. `done`: the venue has it.
 * `refused`: surely not carried out.
 */
export type FundsIntentState = 'sending' | 'unknown' | 'done' | 'refused';
export type FundsIntentKind = 'transfer' | 'withdrawal' | 'convert';

export interface FundsIntent {
  readonly accountId: string;
  readonly intentId: string;
  readonly kind: FundsIntentKind;
  readonly state: FundsIntentState;
  /** When it was (last) about to be sent, ms UTC. */
  readonly createdAt: number;
  /** What the person asked for, in one form: the same intent has to ask for the same. */
  readonly fingerprint: string;
  /** JSON of what was sent; never holds a secret. */
  readonly request: string;
  /** JSON of what the venue answered; null while there is none. */
  readonly result: string | null;
}

const COLUMNS =
  'account_id AS accountId, intent_id AS intentId, kind, state, created_at AS createdAt, fingerprint, request, result';

/** The journal of money movements: a claim is durable before anything is sent. */
export function fundsIntentOperations(db: Db) {
  const byId = db.prepare<[string, string], FundsIntent>(
    `SELECT ${COLUMNS} FROM funds_intents WHERE account_id = ? AND intent_id = ?`,
  );
  const open = db.prepare<[string, string], FundsIntent>(
    `SELECT ${COLUMNS} FROM funds_intents WHERE account_id = ? AND kind = ? AND state IN ('sending', 'unknown')
     ORDER BY created_at`,
  );
  const insert = db.prepare(`
    INSERT INTO funds_intents
      (account_id, intent_id, kind, state, created_at, updated_at, fingerprint, request, result)
    VALUES (@accountId, @intentId, @kind, 'sending', @time, @time, @fingerprint, @request, NULL)`);
  const again = db.prepare(`
    UPDATE funds_intents SET state = 'sending', created_at = @time, updated_at = @time,
      fingerprint = @fingerprint, request = @request, result = NULL
    WHERE account_id = @accountId AND intent_id = @intentId`);
  const settle = db.prepare(`
    UPDATE funds_intents SET state = @state, result = @result, updated_at = @time
    WHERE account_id = @accountId AND intent_id = @intentId`);
  const claim = db.transaction((input: Claim): FundsIntent | null => {
    const earlier = byId.get(input.accountId, input.intentId);
    if (earlier === undefined) insert.run(input);
    else if (isTakenUp(earlier, input)) again.run(input);
    else return earlier;
    return null;
  });
  return {
    /** Null: it is the caller's to send. Otherwise the earlier one, which is not to be sent again. */
    claim: (input: Claim): FundsIntent | null => claim(input),
    settle: (input: {
      accountId: string;
      intentId: string;
      state: FundsIntentState;
      result: string | null;
      time: number;
    }) => {
      settle.run(input);
      return null;
    },
    byIntent: (input: { accountId: string; intentId: string }): FundsIntent | null =>
      byId.get(input.accountId, input.intentId) ?? null,
    unsettled: (input: { accountId: string; kind: FundsIntentKind }): readonly FundsIntent[] =>
      open.all(input.accountId, input.kind),
  };
}

interface Claim {
  readonly accountId: string;
  readonly intentId: string;
  readonly kind: FundsIntentKind;
  readonly fingerprint: string;
  readonly request: string;
  readonly time: number;
}

/** What the venue refused surely did not happen: the intent may be tried again, also with another amount. */
const isTakenUp = (earlier: FundsIntent, input: Claim): boolean =>
  earlier.state === 'refused' && earlier.kind === input.kind;

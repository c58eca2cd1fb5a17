import type { Account, KeyFindingCode, KeyInspection } from '../../src-preload/contract/types/account.ts';
import type { Notice } from '../../src-preload/contract/types/app.ts';
import type { Unsubscribe } from '../exchanges/exchange.ts';
import { PRACTICE_ACCOUNT } from './account-directory.ts';
import type { AccountDirectory } from './account-directory.ts';
import type { AccountSession, AccountSessions } from './account-sessions.ts';

const DAY_MS = 86_400_000;
const CHECK_EVERY_MS = 3_600_000;
/** A venue that could not answer is not asked again at every hiccup of its stream. */
const RETRY_AFTER_MS = 600_000;

interface Parts {
  readonly sessions: AccountSessions;
  readonly directory: Pick<AccountDirectory, 'inspect' | 'get' | 'inspected' | 'isOpen' | 'changed'>;
  readonly clock: () => number;
  readonly every: (ms: number, run: () => void) => () => void;
  readonly notices: { add(notice: Notice): void; dismiss(id: string): void };
}

/**
 * Has every key inspected when it first connects and once a day after that, and tells loudly of one that puts
 * money at risk. What it told goes with it: a locked Holdfast says nothing about accounts.
 */
export class KeyWatch {
  readonly #parts: Parts;
  readonly #asked = new Map<string, number>();
  /** What each account's notice said last. */
  readonly #told = new Map<string, string>();
  readonly #stops: Unsubscribe[];

  constructor(parts: Parts) {
    this.#parts = parts;
    const { sessions, directory } = parts;
    this.#stops = [
      parts.every(CHECK_EVERY_MS, () => {
        for (const session of sessions.all()) this.#look(session);
      }),
      // Refused is an answer as well: the inspector finds out why.
      sessions.onEvent((session, event) => {
        if (event.kind === 'state' && (event.state === 'live' || event.state === 'failed'))
          this.#look(session);
      }),
      directory.inspected.on(({ account, inspection }) => {
        this.#tell(account, inspection);
      }),
      directory.changed.on((accounts) => {
        const present = new Set(accounts.map((account) => noticeId(account.id)));
        for (const id of this.#told.keys()) if (!present.has(id)) this.#withdraw(id);
      }),
    ];
  }

  dispose(): void {
    for (const stop of this.#stops.splice(0)) stop();
    for (const id of this.#told.keys()) this.#withdraw(id);
  }

  #withdraw(id: string): void {
    this.#told.delete(id);
    this.#parts.notices.dismiss(id);
  }

  #look({ account: { id } }: AccountSession): void {
    if (id === PRACTICE_ACCOUNT || !this.#parts.directory.isOpen) return;
    const now = this.#parts.clock();
    const account = this.#parts.directory.get(id);
    const known = account.inspection;
    if (known !== null && known.permissions !== null && now - known.inspectedAt < DAY_MS)
      return this.#tell(account, known);
    if (now - (this.#asked.get(id) ?? -Infinity) < RETRY_AFTER_MS) return;
    this.#asked.set(id, now);
    // The page of the account shows a failure when a person asks; in the background the next look is enough.
    this.#parts.directory.inspect(id).catch(() => undefined);
  }

  #tell(account: Account, inspection: KeyInspection): void {
    const id = noticeId(account.id);
    const loud = inspection.findings.filter(
      ({ code, severity }) => severity === 'danger' || (severity === 'warning' && LOUD.has(code)),
    );
    if (loud.length === 0) return this.#withdraw(id);
    const what = loud.map((finding) => WORDS[finding.code] ?? 'it needs your attention').join(', and ');
    const message = `The key of the account "${account.label}" is a risk: ${what}. The inspector shows how to fix it.`;
    // Said once: what a person has dismissed does not come back with every reconnection.
    if (this.#told.get(id) === message) return;
    this.#told.set(id, message);
    this.#parts.notices.add({ id, severity: 'warning', code: 'account.keyDanger', message });
  }
}

const noticeId = (accountId: string): string => `key.${accountId}`;

/** Warnings that become damage if nobody reads them. */
const LOUD: ReadonlySet<KeyFindingCode> = new Set(['ipUnbound', 'expiresSoon', 'clockOff']);

const WORDS: Readonly<Partial<Record<KeyFindingCode, string>>> = {
  withdraw: 'it may withdraw money',
  ipUnbound: 'it works from any network address',
  transfer: 'it may move money between accounts',
  expired: 'it has expired',
  expiresSoon: 'it expires soon',
  otherSite: 'it belongs to another site of the venue',
  refused: 'the venue refuses it',
  ipRefused: 'the venue refuses it from your present network address',
  clockOff: 'the clocks of this computer and the venue differ',
};

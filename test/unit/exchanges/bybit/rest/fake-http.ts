/** A network that answers from a list and remembers what it was asked, and a clock that stands still. */
import { hmacSignature } from '../../../../../src-main/vault/signing.ts';
import type { Signer } from '../../../../../src-main/exchanges/exchange.ts';
import type {
  BudgetFeedback,
  BudgetRule,
  HttpJob,
  HttpRequest,
  HttpResponse,
  VenueClock,
  VenueHttp,
} from '../../../../../src-main/net/types.ts';

export const NOW = 1_700_000_000_000;

type Reply = Partial<HttpResponse> | Error;

export class FakeHttp implements VenueHttp {
  readonly sent: { job: HttpJob; request: HttpRequest }[] = [];
  readonly rules = new Map<string, BudgetRule>();
  readonly observed: { budget: string; feedback: BudgetFeedback }[] = [];
  readonly pauses: number[] = [];
  failures = 0;
  /** Answers in order; the last one stays. */
  replies: Reply[] = [];
  answer: (request: HttpRequest) => Reply = () => this.replies.shift() ?? ok({});

  async send(job: HttpJob): Promise<HttpResponse> {
    const request = await job.build();
    this.sent.push({ job, request });
    const reply = this.answer(request);
    if (reply instanceof Error) throw reply;
    return { status: 200, headers: {}, text: '', sentAt: NOW, receivedAt: NOW, ...reply };
  }
  limit(budget: string, rule: BudgetRule): void {
    this.rules.set(budget, rule);
  }
  take(): () => void {
    return () => undefined;
  }
  observe(budget: string, feedback: BudgetFeedback): void {
    this.observed.push({ budget, feedback });
  }
  pause(until: number): void {
    this.pauses.push(until);
  }
  failed(): void {
    this.failures += 1;
  }
  budgetLeft(): number | null {
    return null;
  }
  latencyMs(): number | null {
    return null;
  }
  pausedUntil(): number | null {
    return null;
  }
  dispose(): void {}
}

export class FakeClock implements VenueClock {
  time = NOW;
  offset: number | null = 0;
  syncs = 0;
  /** What the next `sync` finds. */
  found = 0;
  now(): number {
    return this.time + (this.offset ?? 0);
  }
  offsetMs(): number | null {
    return this.offset;
  }
  async sync(): Promise<void> {
    this.syncs += 1;
    this.offset = this.found;
  }
  dispose(): void {}
}

export const envelope = (retCode: number, result: unknown, retMsg = 'OK', retExtInfo: unknown = {}) =>
  JSON.stringify({ retCode, retMsg, result, retExtInfo, time: NOW });
export const ok = (result: unknown): Reply => ({ text: envelope(0, result) });
export const refuse = (retCode: number, retMsg = 'refused', result: unknown = {}): Reply => ({
  text: envelope(retCode, result, retMsg),
});

/** The sheet's invented key (section 2.5). */
export function vectorSigner(): Signer {
  const secret = Buffer.from(['demoSecret0123456789', 'abcdefGHIJKLMNOP'].join(''));
  return {
    keyId: 'key-1',
    apiKey: 'demoKey00000000001',
    sign: async (algorithm, payload) => {
      if (algorithm === 'rsa-sha256-base64') throw new Error('an HMAC key');
      return hmacSignature(algorithm, secret, payload);
    },
    headerSecret: async () => '',
  };
}

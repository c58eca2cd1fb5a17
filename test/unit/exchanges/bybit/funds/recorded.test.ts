/** Genuine payloads of Bybit, as other projects keep them: nothing of them may be lost or unknown. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accountSetup } from '../../../../../src-main/exchanges/bybit/inspection/account-setup.ts';
import { UnknownFields } from '../../../../../src-main/exchanges/bybit/payload.ts';
import { fakeRest, refuses, testFunds } from './fake-rest.ts';

const FILE = join(process.env['HOLDFAST_DATA'] ?? '../shared/data', 'bybit/rest/fixtures-jkorf.jsonl');
const isHere = existsSync(FILE);

/** `result` of the recorded answer to a path. */
function recorded(path: string): unknown {
  for (const line of readFileSync(FILE, 'utf8').split('\n').filter(Boolean)) {
    const [, where, , ...body] = (JSON.parse(line) as { text: string }).text.split('\n');
    if (where === path) return (JSON.parse(body.join('\n')) as { result: unknown }).result;
  }
  throw new Error(`${path} is not among the recorded answers`);
}

describe.skipIf(!isHere)(`recorded answers (${isHere ? 'found' : `skipped: ${FILE} is absent`})`, () => {
  it('of withdrawals come through whole', async () => {
    const path = '/v5/asset/withdraw/query-record';
    const { funds, unknown } = testFunds({ [path]: recorded(path) });
    const page = await funds.withdrawals(null, 0);
    expect(page.rows.map(({ id, amount, fee, state, network }) => [id, amount, fee, state, network])).toEqual(
      [
        ['13310', '20.1234', '0', 'done', null],
        ['9976', '77', '10', 'pending', 'ETH'],
      ],
    );
    expect(page.cursor).not.toBeNull();
    expect(unknown.list()).toEqual([]);
  });

  it('of conversions come through whole', async () => {
    const path = '/v5/asset/exchange/query-convert-history';
    const { funds, unknown } = testFunds({ [path]: recorded(path) });
    const { rows } = await funds.conversions(null, 0);
    expect(rows.map(({ asset, amount, to, state }) => [asset, amount, to, state])).toEqual([
      ['ETH', '0.1', 'BTC', 'done'],
      ['BTC', '0.1', 'ETH', 'done'],
    ]);
    expect(unknown.list()).toEqual([]);
  });

  it('of a conversion, nested twice, come through whole', async () => {
    const path = '/v5/asset/exchange/convert-result-query';
    const { funds, unknown } = testFunds({ [path]: recorded(path) });
    expect(await funds.convertResult('funding', 'q')).toEqual({
      quoteId: 'q',
      state: 'done',
      fromAmount: '0.1',
      toAmount: '0.00534882723991',
    });
    expect(unknown.list()).toEqual([]);
  });

  it('of an account name an older kind of unified account', async () => {
    const path = '/v5/account/info';
    const unknown = new UnknownFields();
    const rest = fakeRest({
      [path]: recorded(path),
      '/v5/position/list': refuses(10005, 'no', false),
      '/v5/account/user-setting-config': refuses(10005, 'no', false),
    });
    const setup = await accountSetup({ rest, unknown });
    expect(setup.findings.map((entry) => entry.code)).toEqual(['notUnified', 'crossMargin']);
    expect(unknown.list()).toEqual([]);
  });
});

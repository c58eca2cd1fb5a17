import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { ConversionGate, FundsDesk } from '../../../src-main/funds/funds-desk.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { ACCOUNT, fakeFunds, passphrase, testDesk, withdrawal } from './funds-fixture.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

const TRANSFER = {
  accountId: ACCOUNT,
  asset: 'USDT',
  amount: '5',
  from: 'funding',
  to: 'unified',
  intentId: 'intent-t',
};

describe('converting', () => {
  const order = (quoteId = 'q-1') => ({
    accountId: ACCOUNT,
    wallet: 'unified',
    quoteId,
    passphrase: passphrase(),
  });

  const quoted = (desk: FundsDesk) =>
    desk.convertQuote(ACCOUNT, { wallet: 'unified', from: 'ETH', to: 'BTC', amount: '1' });

  it('asks the gate with what is exchanged, and sends nothing that it refuses', async () => {
    const engaged = new HoldfastError('notAllowed', 'risk.killSwitch', 'The kill switch is engaged.');
    const asked: unknown[] = [];
    let isEngaged = true;
    const check: ConversionGate['check'] = (...all) => {
      asked.push(all);
      return isEngaged ? Promise.reject(engaged) : Promise.resolve();
    };
    const { desk, funds } = testDesk(ledger, { gate: { check } });
    const quote = await quoted(desk);
    await expect(desk.convert(order())).rejects.toBe(engaged);
    expect(asked).toEqual([[ACCOUNT, quote]]);
    expect(funds.sent).toEqual([]);
    // Refused and surely not carried out: it may be asked for again.
    isEngaged = false;
    expect((await desk.convert(order())).state).toBe('done');
    // What was carried out is answered, whatever the gate says by now.
    isEngaged = true;
    expect((await desk.convert(order())).state).toBe('done');
    expect(funds.sent).toEqual(['convert q-1']);
  });

  it('sends no quote that was not given here: nobody knows what it exchanges', async () => {
    const { desk, funds } = testDesk(ledger);
    await expect(desk.convert(order('q-9'))).rejects.toMatchObject({ code: 'funds.quoteUnknown' });
    expect(funds.sent).toEqual([]);
  });

  it('leaves transfers and withdrawals alone: money can be brought to safety', async () => {
    const check = () => Promise.reject(new HoldfastError('notAllowed', 'risk.killSwitch', 'Engaged.'));
    const { desk, funds } = testDesk(ledger, { gate: { check } });
    await desk.transfer(TRANSFER);
    await desk.withdraw(withdrawal());
    expect(funds.sent).toHaveLength(2);
  });

  it('carries a quote out once', async () => {
    const { desk, funds } = testDesk(ledger);
    await quoted(desk);
    const first = await desk.convert(order());
    expect(await desk.convert(order())).toEqual(first);
    expect(funds.sent).toEqual(['convert q-1']);
  });

  it('that is under way is looked at again, not carried out again', async () => {
    const pending = { quoteId: 'q-1', state: 'pending', fromAmount: '1', toAmount: '2' } as const;
    let sends = 0;
    const { desk } = testDesk(ledger, {
      funds: fakeFunds({
        convert: () => {
          sends += 1;
          return Promise.resolve(pending);
        },
        convertResult: () => Promise.resolve({ ...pending, state: 'done' }),
      }),
    });
    await quoted(desk);
    expect((await desk.convert(order())).state).toBe('pending');
    expect((await desk.convert(order())).state).toBe('done');
    expect(sends).toBe(1);
  });

  it.each([
    ['0.001', 'amount', '0.01'],
    ['6', 'amount', '5'],
    ['0.123456789', 'amount', '0.12345678'],
  ])('of %s asks for no quote and says what would do', async (amount, field, nearest) => {
    const { desk } = testDesk(ledger);
    const quote = desk.convertQuote(ACCOUNT, { wallet: 'unified', from: 'ETH', to: 'BTC', amount });
    await expect(quote).rejects.toMatchObject({ details: { problems: [{ field, nearest }] } });
  });

  it('of a coin that cannot be given says so', async () => {
    const quote = testDesk(ledger).desk.convertQuote(ACCOUNT, {
      wallet: 'unified',
      from: 'X',
      to: 'BTC',
      amount: '1',
    });
    await expect(quote).rejects.toMatchObject({ details: { problems: [{ field: 'from' }] } });
  });
});

import { describe, expect, it } from 'vitest';
import { csvTime } from '../../../src-main/market/recording/csv-rows.ts';
import { openRecording } from '../../../src-main/market/recording/open-recording.ts';
import { describeText, eventsOf, gzip, openText, refusal } from './recording-files.ts';

const ARCHIVE = 'timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue';
const at = (text: string): number => Date.parse(`${text}Z`);

describe('times in CSV', () => {
  it.each<[string, number | null]>([
    ['1696982287.4922', 1_696_982_287_492],
    ['1696982287', 1_696_982_287_000],
    ['1696982287492', 1_696_982_287_492],
    ['1696982287492123', 1_696_982_287_492],
    ['1696982287492123456', 1_696_982_287_492],
    ['2021-12-31 23:01:00.000000', at('2021-12-31T23:01')],
    ['2021-12-31T23:01:00.5Z', at('2021-12-31T23:01:00.500')],
    ['2021-12-31T23:01+01:00', at('2021-12-31T22:01')],
    ['2021-12-31', at('2021-12-31T00:00')],
    ['31.12.2021', null],
    ['2021-13-45', null],
    ['', null],
    ['-5', null],
  ])('%j', (cell, time) => expect(csvTime(cell)).toBe(time));
});

describe('trades as CSV', () => {
  const archive = `${ARCHIVE}\n1696982287.4922,FXSUSDT,Sell,0.86,5.2390,ZeroMinusTick,a1,1\n1696982322.0561,FXSUSDT,Buy,1e-05,5.2395,PlusTick,a2,1\n`;

  it("read Bybit's archive of contracts", async () => {
    expect(await eventsOf('FXSUSDT2023-10-10.csv', archive)).toEqual([
      {
        kind: 'trade',
        time: 1_696_982_287_492,
        symbol: 'FXS/USDT:USDT',
        trade: { id: 'a1', price: '5.2390', quantity: '0.86', side: 'sell', time: 1_696_982_287_492 },
      },
      expect.objectContaining({ trade: expect.objectContaining({ side: 'buy', quantity: '0.00001' }) }),
    ]);
    expect(await describeText('x.csv', archive)).toMatchObject({
      format: 'tradesCsv',
      instruments: [{ symbol: 'FXS/USDT:USDT', kind: 'linear', tickSize: '0.0001', lotSize: '0.00001' }],
      counts: { trade: 2 },
    });
  });

  it('know inverse contracts by their quote', async () => {
    const inverse = archive.replaceAll('FXSUSDT', 'BTCUSD');
    expect((await eventsOf('x.csv', inverse))[0]?.symbol).toBe('BTC/USD:BTC');
  });

  it('are read gzipped, also when the archive was cut off', async () => {
    expect(await eventsOf('x.csv.gz', gzip(archive))).toHaveLength(2);
    const rows = Array.from(
      { length: 5_000 },
      (_, n) => `${1_696_982_287 + n},FXSUSDT,Buy,${n + 1},5.2,PlusTick,i${n * 7919},1`,
    );
    const packed = gzip(`${ARCHIVE}\n${rows.join('\n')}\n`);
    const cut = await describeText('x.csv.gz', packed.subarray(0, packed.length >> 1));
    expect(cut.counts.trade).toBeGreaterThan(500);
    expect(cut.counts.trade).toBeLessThan(5_000);
    packed.fill(0x55, 200, 400);
    expect(await refusal('x.csv.gz', packed)).toMatch(/undamaged gzip file|line \d+: expected/);
  });

  it('read any header with time, price, quantity and side; the market is in the file name', async () => {
    const file = 'Time, Price, Quantity, Side\n1696982287492,5,1,BUY\n1696982287493,6,2,s\n';
    expect(await eventsOf('spot-BTC_USDT.csv', file)).toEqual([
      {
        kind: 'trade',
        time: 1_696_982_287_492,
        symbol: 'BTC/USDT',
        trade: { id: 'line-2', price: '5', quantity: '1', side: 'buy', time: 1_696_982_287_492 },
      },
      expect.objectContaining({ trade: expect.objectContaining({ id: 'line-3', side: 'sell' }) }),
    ]);
    expect((await eventsOf('/some/folder/ETHUSDT-perp.csv', file))[0]?.symbol).toBe('ETH/USDT:USDT');
    expect(await refusal('trades.csv', file)).toContain('must tell its market');
  });

  it('leave repeated trades out and move slightly late ones', async () => {
    const file = `${archive}1696982300,FXSUSDT,Buy,1,5.2,PlusTick,a3,1\n1696982322.0561,FXSUSDT,Buy,1,5.2,PlusTick,a2,1\n`;
    const summary = await describeText('x.csv', file);
    expect(summary.oddities).toEqual({ outOfOrder: 1, duplicates: 1, gaps: 0, ignored: 0, truncated: false });
    const third = (await eventsOf('x.csv', file))[2];
    expect(third).toMatchObject({ time: 1_696_982_322_056, trade: { time: 1_696_982_300_000 } });
  });

  it('leave a last row out that was cut off', async () => {
    const cut = await describeText('x.csv', `${archive}1696982323,FXSUSDT,Bu`);
    expect([cut.counts.trade, cut.oddities.truncated]).toEqual([2, true]);
  });

  it.each([
    ['1696982287,FXSUSDT,Long,1,5,PlusTick,a,1', 'line 4: expected the side Buy or Sell'],
    [
      '1696982323,FXSUSDT,Buy,0,5,PlusTick,a,1',
      'line 4: expected a decimal number greater than zero as quantity',
    ],
    [
      '1696982323,FXSUSDT,Buy,1,-5,PlusTick,a,1',
      'line 4: expected a decimal number greater than zero as price',
    ],
    [
      '1696982323,FXSUSDT,Buy,1,,PlusTick,a,1',
      'line 4: expected a decimal number greater than zero as price',
    ],
    ['yesterday,FXSUSDT,Buy,1,5,PlusTick,a,1', 'line 4: expected a time'],
    ['1696982323,??,Buy,1,5,PlusTick,a,1', 'line 4: expected a known market'],
    ['1696982323,FXSUSDT,Buy,1,5', 'line 4: expected 8 cells as in the first line, not 5'],
    ['1696980000,FXSUSDT,Buy,1,5,PlusTick,a,1', 'line 4: expected rows in order of time, oldest first'],
    ['1696982323,"FXSUSDT,Buy,1,5,PlusTick,a,1', 'line 4: expected rows of comma-separated cells'],
  ])('refuse %s', async (row, words) => {
    expect(await refusal('x.csv', `${archive}${row}\n`)).toContain(words);
  });
});

describe('candles as CSV', () => {
  const bare = '0,10,12,9,11,1.5\n60000,11,11.50,11,11,2\n';

  it('count from midnight of the day in the file name, and come when they are over', async () => {
    const start = at('2022-12-13T00:00');
    expect(await eventsOf('linear-BTCUSDT-1m-20221213.csv', bare)).toEqual([
      {
        kind: 'candle',
        time: start + 60_000,
        symbol: 'BTC/USDT:USDT',
        interval: '1m',
        candle: { time: start, open: '10', high: '12', low: '9', close: '11', volume: '1.5', closed: true },
      },
      expect.objectContaining({ time: start + 120_000 }),
    ]);
    expect(await describeText('BTCUSDT-2022-12-13.csv', bare)).toMatchObject({
      format: 'candlesCsv',
      from: start + 60_000,
      to: start + 120_000,
      instruments: [{ symbol: 'BTC/USDT', tickSize: '0.1', lotSize: '0.1' }],
    });
    expect(await refusal('BTCUSDT.csv', bare)).toContain('line 1: expected a full date');
  });

  it('read headers in any order and take the interval from the first steps', async () => {
    const row = (time: string): string => `1,2,${time},3,2,9,4\n`;
    const file = `Low,Open,Open Time,High,Close,Volume,Turnover\n${row('2024-01-01 00:00')}${row('2024-01-01 08:00')}${row('2024-01-01 12:00')}`;
    const events = await eventsOf('BTCUSDT.csv', file);
    expect(events[0]).toMatchObject({
      interval: '4h',
      time: at('2024-01-01T04:00'),
      candle: { open: '2', high: '3', low: '1', close: '2', volume: '9', turnover: '4' },
    });
    const months = file.replace('2024-01-01 08:00', '2024-02-01').replace('2024-01-01 12:00', '2024-03-01');
    expect((await eventsOf('BTCUSDT.csv', months))[0]).toMatchObject({ interval: '1M' });
  });

  it('do not take float noise in volumes for a lot size', async () => {
    const file = '0,10,12,9,11,0.30000000000000004\n60000,11,11,11,11,2.25\n';
    expect((await describeText('BTCUSDT-20221213.csv', file)).instruments[0]?.lotSize).toBe('0.01');
  });

  it('leave the same candle out the second time', async () => {
    const file = `${bare}60000,11,11.5,11,11,2.0\n`;
    expect((await describeText('BTCUSDT-1m-20221213.csv', file)).oddities.duplicates).toBe(1);
  });

  it.each([
    ['60000,11,11.5,11,11,3', 'line 3: expected one candle for each time'],
    ['120000,11,10,9,10,1', 'line 3: expected a high above all else'],
    ['120000,11,12,11.5,12,1', 'line 3: expected a low below all else'],
    ['120000,0,12,0,12,1', 'line 3: expected prices greater than zero'],
    ['120000,11,12,x,12,1', 'line 3: expected decimal numbers'],
    ['120500,11,12,11,12,1', 'line 3: expected a time that starts an interval of 1m'],
    ['noon,11,12,11,12,1', 'line 3: expected a time'],
  ])('refuse %s', async (row, words) => {
    expect(await refusal('BTCUSDT-1m-20221213.csv', `${bare}${row}\n`)).toContain(words);
  });

  it('refuse steps that are no interval, and a name without a market', async () => {
    expect(await refusal('BTCUSDT-20221213.csv', '1000,1,1,1,1,1\n2000,1,1,1,1,1\n')).toContain(
      'candles of one of 1m',
    );
    expect(await refusal('candles-20221213.csv', bare)).toContain('must tell its market');
  });
});

describe('what is no recording', () => {
  it.each([
    ['', 'line 1: expected a JSON object with "t", "ts" and "data"'],
    ['\n\n', 'the file is empty'],
    ['# Heading\n', 'line 1: expected a JSON object'],
    ['a,b,c\n1,2,3\n', 'line 1: expected a JSON object'],
    ['"open\n', 'line 1: expected a JSON object'],
    ['time,price\n1,2\n', 'line 1: expected a JSON object'],
  ])('%j is refused', async (content, words) => {
    expect(await refusal('BTCUSDT.csv', content)).toContain(words);
  });

  it('a file that is not there is refused with the reason', async () => {
    await expect(openRecording('/nowhere/BTCUSDT.csv')).rejects.toMatchObject({
      kind: 'badInput',
      message: expect.stringContaining('ENOENT'),
    });
  });

  it('an error that is none of the file goes through as it is', async () => {
    const broken = openRecording('BTCUSDT.csv', async function* () {
      yield Buffer.from('time,price,quantity,side\n');
      throw new Error('power cut');
    });
    const recording = await broken;
    await expect(recording.describe()).rejects.toThrow('power cut');
    expect((await openText('BTCUSDT.csv', 'time,price,qty,side\n1,1,1,buy\n')).format).toBe('tradesCsv');
  });
});

import { describe, expect, it, vi } from 'vitest';
import type { AlertFiring } from '../../../src-preload/contract/types/alert.ts';
import type { Fill } from '../../../src-preload/contract/types/trading.ts';
import type { PracticeSettings } from '../../../src-preload/contract/types/settings.ts';
import { alertText, fillText } from '../../../src-main/shell/notification-texts.ts';
import {
  practiceFromArguments,
  refuseDebugging,
  sitesFromArguments,
} from '../../../src-main/shell/start-arguments.ts';

const present: PracticeSettings = { source: 'synthetic', seed: 1, replayFile: null, speed: 5 };

describe('a debugger on the command line', () => {
  const started = (isPackaged: boolean, ...switches: string[]) => {
    const exit = vi.fn();
    const hasSwitch = (name: string) => switches.includes(name);
    refuseDebugging({ exit, isPackaged, commandLine: { hasSwitch } as Electron.CommandLine });
    return exit.mock.calls;
  };

  it.each(['remote-debugging-port', 'remote-debugging-pipe', 'remote-debugging-address'])(
    'ends an installed Holdfast that was started with --%s',
    (name) => {
      vi.spyOn(process.stderr, 'write').mockReturnValue(true);
      expect(started(true, name)).toEqual([[2]]);
    },
  );

  it('lets everybody else in', () => {
    expect(started(true, 'lang')).toEqual([]);
    expect(started(false, 'remote-debugging-port')).toEqual([]);
  });
});

describe('practiceFromArguments', () => {
  it('changes nothing when the command line asks for no market', () => {
    expect(practiceFromArguments({}, present)).toBeNull();
    expect(practiceFromArguments({ userDataDir: '/x', speed: 9 }, present)).toBeNull();
  });

  it('takes the seed of a synthetic market, 0 included', () => {
    expect(practiceFromArguments({ seed: 0 }, present)).toEqual({ ...present, seed: 0 });
  });

  it('prefers the record, at the speed asked for or the one in use', () => {
    const replay = { source: 'replay', seed: 1, replayFile: '/r.jsonl' };
    expect(practiceFromArguments({ replay: '/r.jsonl', seed: 3 }, present)).toEqual({ ...replay, speed: 5 });
    expect(practiceFromArguments({ replay: '/r.jsonl', speed: 100 }, present)).toEqual({
      ...replay,
      speed: 100,
    });
  });
});

describe('the words of a notification', () => {
  const firing = {
    label: 'Bitcoin',
    text: { key: 'priceCrosses', values: { symbol: 'BTC/USDT', price: '90000', last: '90001' } },
  } as unknown as AlertFiring;
  const fill = { side: 'buy', quantity: '0.5', symbol: 'BTC/USDT', price: '90000' } as unknown as Fill;

  it('say what happened, in both languages', () => {
    expect(alertText(firing, 'en', false)).toEqual({
      title: 'Bitcoin',
      body: 'BTC/USDT reached 90000, now 90001',
    });
    expect(alertText(firing, 'de', false).body).toBe('BTC/USDT hat 90000 erreicht, jetzt 90001');
    expect(fillText(fill, 'de', false).body).toContain('Kauf 0.5 BTC/USDT zu 90000');
  });

  it.each(['en', 'de'] as const)('hold no figure when amounts are hidden (%s)', (language) => {
    for (const text of [alertText(firing, language, true), fillText(fill, language, true)]) {
      expect(text.body).not.toMatch(/\d/);
      expect(text.body).toContain('Holdfast');
    }
  });

  it('fall back to the neutral text for an event that has no words', () => {
    const odd = { ...firing, text: { key: 'other', values: {} } };
    expect(alertText(odd, 'en', false).body).toBe('Open Holdfast to see it.');
  });
});

describe('the stand-in that the command line names', () => {
  it('is there for every site, on this machine only, and not at all unless it is named', async () => {
    expect(await sitesFromArguments({})).toBeUndefined();
    const sites = await sitesFromArguments({ bybitLoopback: 8123 });
    for (const [region, environment] of [
      ['global', 'live'],
      ['eu', 'live'],
      ['global', 'demo'],
      ['hk', 'testnet'],
    ] as const) {
      const site = sites?.(region, environment);
      expect(site?.rest).toBe('http://127.0.0.1:8123');
      expect([site?.privateStream, site?.publicStream].map((url) => new URL(url ?? '').host)).toEqual([
        '127.0.0.1:8123',
        '127.0.0.1:8123',
      ]);
    }
  });

  it('keeps the testnet apart where it has a stand-in of its own', async () => {
    const sites = await sitesFromArguments({ bybitLoopback: 8123, bybitTestnetLoopback: 8124 });
    expect(sites?.('global', 'live').rest).toBe('http://127.0.0.1:8123');
    expect(sites?.('global', 'demo').rest).toBe('http://127.0.0.1:8123');
    expect(sites?.('global', 'testnet').rest).toBe('http://127.0.0.1:8124');
  });
});

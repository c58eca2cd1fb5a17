/** Before an account is added nothing leaves this machine: no connection of the program, and no question for a name. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBybitVenue, type BybitVenue } from '../exchanges/bybit/venue.ts';
import { addAccount } from './bybit-journey.ts';
import { createVault, goTo } from './journey.ts';
import { launchApp, type LaunchedApp } from './launch.ts';

const KEY = { key: 'test-key-quiet-0001', secret: 'test-secret-quiet-0001', label: 'Loopback' };
const VIEWS = ['Portfolio', 'Trade', 'Orders', 'Alerts', 'Funds', 'Activity', 'Accounts', 'Settings'];
/** Of /proc/net/tcp: established, connecting, and closing in its stages; listening sockets (0A) go nowhere. */
const LISTENING = '0A';

let venue: BybitVenue;
let app: LaunchedApp;

/** Inodes of the sockets that the main process holds. */
function socketsOf(pid: number): ReadonlySet<string> {
  const folder = `/proc/${String(pid)}/fd`;
  const targets = readdirSync(folder).map((name) => {
    try {
      return readlinkSync(`${folder}/${name}`);
    } catch {
      // Closed meanwhile.
      return '';
    }
  });
  return new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
}

interface Remote {
  readonly protocol: string;
  /** Hexadecimal, as the kernel writes it. */
  readonly address: string;
  readonly port: number;
}

/** The far ends of everything that the main process has open over IP. */
function remotes(pid: number): readonly Remote[] {
  const own = socketsOf(pid);
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((protocol) =>
    readFileSync(`/proc/${String(pid)}/net/${protocol}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, , far = '', state, , , , , , inode = ''] = line.trim().split(/\s+/);
        const [address = '', port = ''] = far.split(':');
        if (!own.has(inode) || (protocol.startsWith('tcp') && state === LISTENING)) return [];
        return [{ protocol, address, port: Number.parseInt(port, 16) }];
      }),
  );
}

/** 127.0.0.0/8, also as IPv6 writes it; the machine's byte order is the kernel's. */
const isLoopback = ({ address }: Remote): boolean =>
  /^(?:0{24}|0{16}FFFF0000)?[0-9A-F]{6}7F$/.test(address) || address === '00000000000000000000000001000000';

beforeAll(async () => {
  venue = await startBybitVenue();
  venue.addKey({ ...KEY, ips: ['127.0.0.1'] });
  app = await launchApp({ args: ['--seed=5', `--bybit-loopback=${new URL(venue.origin).port}`] });
  app.page.setDefaultTimeout(30_000);
  await createVault(app.page);
});
afterAll(async () => {
  await app.close();
  await venue.dispose();
});

describe.runIf(process.platform === 'linux')('the network of the running application', () => {
  it('is silent with the practice account alone, whatever is looked at', async () => {
    const seen: Remote[] = [];
    for (const view of VIEWS) {
      await goTo(app.page, view);
      await app.page.getByRole('main').waitFor();
      // Something that connects on sight does so within this; there is no event for nothing happening.
      await app.page.waitForTimeout(250);
      seen.push(...remotes(app.pid));
    }
    expect(seen.filter((remote) => !isLoopback(remote))).toEqual([]);
    expect(seen.filter(({ port }) => port === Number(new URL(venue.origin).port))).toEqual([]);
    // It stands in for every site of Bybit.
    expect(venue.counters.connections).toBe(0);
  });

  it('reaches the venue once an account is added, and this look would have seen it', async () => {
    await addAccount(app.page, KEY);
    await app.page.getByText('The key works from 127.0.0.1 only').waitFor();
    const own = remotes(app.pid).filter(({ port }) => port === Number(new URL(venue.origin).port));
    expect(own.length).toBeGreaterThan(0);
    expect(own.every(isLoopback)).toBe(true);
    expect(remotes(app.pid).filter((remote) => !isLoopback(remote))).toEqual([]);
  });
});

/**
 * A loopback Bybit as a program: `node test/exchanges/bybit/serve.ts --port 0` prints one line of JSON with its
 * addresses and runs until it is told to end. Options: --port N, --environment live|demo|testnet, --key NAME
 * --secret TEXT (a trading key of UID 1001 with funds), --instruments FILE, --generate N, --replay FILE [--speed N].
 */
import { parseArgs } from 'node:util';
import { replay } from './replay.ts';
import { startBybitVenue } from './venue.ts';
import type { Environment } from './world.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    environment: { type: 'string', default: 'live' },
    key: { type: 'string', default: 'test-key-serve' },
    secret: { type: 'string', default: 'test-secret-serve' },
    instruments: { type: 'string' },
    generate: { type: 'string', default: '0' },
    replay: { type: 'string' },
    speed: { type: 'string', default: '1' },
  },
});

const environments: readonly Environment[] = ['live', 'demo', 'testnet'];
const environment = environments.find((each) => each === values.environment) ?? 'live';
const venue = await startBybitVenue({
  port: Number(values.port),
  environment,
  generatedInstruments: Number(values.generate),
  ...(values.instruments === undefined ? {} : { recordedInstruments: values.instruments }),
});
venue
  .addKey({ key: values.key, secret: values.secret })
  .deposit('USDT', '100000')
  .deposit('BTC', '2')
  .deposit('USDT', '5000', 'FUND');
console.log(
  JSON.stringify({ origin: venue.origin, wsOrigin: venue.wsOrigin, environment, pid: process.pid }),
);

const { signal } = new AbortController();
if (values.replay !== undefined) {
  void replay(venue, values.replay, { speed: Number(values.speed), signal });
}
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => void venue.dispose().then(() => process.exit(0)));
}

/**
 * `npm run demo [-- --json] [--replay FILE | --venue bybit]`: does the main job without a person, in the real built
 * application; with `--venue bybit` against a loopback Bybit on this machine. Prints a line a step; with --json the last line is `{ok, host, steps, screenshots}`.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { LaunchedApp } from '../test/e2e/launch.ts';
import { launchApp } from '../test/e2e/launch.ts';
import { BYBIT_STEPS, startDemoVenue, type DemoVenue } from './demo-bybit.ts';
import { DEMO_STEPS } from './demo-steps.ts';
import { ensureBuilt } from './ensure-built.ts';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'out/demo');

interface Step {
  readonly name: string;
  readonly ms: number;
  readonly ok: boolean;
  readonly error?: string;
}

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, replay: { type: 'string' }, venue: { type: 'string' } },
});
if (values.venue !== undefined && values.venue !== 'bybit') {
  process.stderr.write('demo: --venue must be bybit\n');
  process.exit(2);
}
const say = (line: string): void => {
  if (!values.json) process.stdout.write(`${line}\n`);
};

ensureBuilt();
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const steps: Step[] = [];
const screenshots: string[] = [];
let app: LaunchedApp | null = null;
let host = 'none';
let venue: DemoVenue | null = null;

/** Runs one step; after a failure the rest is left out, because it would fail for the same reason. */
async function step(name: string, run: () => Promise<void>): Promise<void> {
  if (steps.some((done) => !done.ok)) return;
  const started = performance.now();
  const done = (ok: boolean, error?: string) => {
    const ms = Math.round(performance.now() - started);
    steps.push({ name, ms, ok, ...(error === undefined ? {} : { error }) });
    say(`${ok ? 'ok  ' : 'FAIL'} ${name} (${String(ms)} ms)${error === undefined ? '' : `: ${error}`}`);
  };
  try {
    await run();
    done(true);
  } catch (error) {
    done(false, error instanceof Error ? (error.message.split('\n')[0] ?? 'failed') : 'failed');
    await shoot('failure').catch(() => undefined);
  }
}

async function shoot(name: string): Promise<void> {
  if (!app) return;
  const path = join(folder, `${String(screenshots.length + 1).padStart(2, '0')}-${name}.png`);
  await app.page.screenshot({ path });
  screenshots.push(relative(root, path));
}

await step('launch', async () => {
  const args =
    values.replay === undefined ? ['--seed=7'] : [`--replay=${resolve(values.replay)}`, '--speed=1'];
  if (values.venue === 'bybit') {
    venue = await startDemoVenue();
    args.push(`--bybit-loopback=${String(venue.port)}`);
  }
  app = await launchApp({ args, viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
  host = app.host;
  app.page.setDefaultTimeout(20_000);
});
for (const { name, run } of values.venue === 'bybit' ? BYBIT_STEPS : DEMO_STEPS) {
  await step(name, async () => {
    if (app) await run({ page: app.page, shoot, replay: values.replay !== undefined });
  });
}
await step('quit', async () => {
  const { code } = (await app?.close()) ?? { code: 1 };
  app = null;
  if (code !== 0) throw new Error(`the application ended with ${String(code)}`);
});
// Only after a failure is it still open.
await (app as LaunchedApp | null)?.close().catch(() => undefined);
await (venue as DemoVenue | null)?.dispose();

const ok = steps.every((done) => done.ok);
say(
  `${String(steps.filter((done) => done.ok).length)} of ${String(steps.length)} steps on ${host}; pictures in out/demo`,
);
if (values.json) process.stdout.write(`${JSON.stringify({ ok, host, steps, screenshots })}\n`);
process.exitCode = ok ? 0 : 1;

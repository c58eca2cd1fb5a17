/** `npm run check`: everything a machine can say about the sources. Runs all of it, then sums up. */
import { binOf, runNode } from './run-tool.ts';

const steps: readonly { readonly name: string; readonly args: readonly string[] }[] = [
  { name: 'format (prettier)', args: [binOf('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'lint (eslint)', args: [binOf('eslint'), '--max-warnings', '0', '.'] },
  { name: 'types, node (tsc)', args: [binOf('typescript', 'tsc'), '--noEmit', '-p', 'tsconfig.json'] },
  { name: 'types, window (vue-tsc)', args: [binOf('vue-tsc'), '--noEmit', '-p', 'tsconfig.web.json'] },
  {
    name: 'import rules (dependency-cruiser)',
    args: [
      binOf('dependency-cruiser', 'depcruise'),
      '--config',
      '.dependency-cruiser.cjs',
      'src-main',
      'src-preload',
      'src-renderer',
    ],
  },
  { name: 'dead code (knip)', args: [binOf('knip')] },
];

const results: string[] = [];
let failed = 0;
for (const step of steps) {
  console.log(`\n== ${step.name}`);
  const started = performance.now();
  const code = await runNode(step.args);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (code !== 0) failed += 1;
  results.push(`${code === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${seconds} s)`);
}

console.log(`\n${results.join('\n')}`);
console.log(failed === 0 ? 'check: clean' : `check: ${failed} of ${steps.length} failed`);
process.exitCode = failed === 0 ? 0 : 1;

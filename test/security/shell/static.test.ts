import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scanSource, scriptOf, sourcesBelow } from './scan.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const main = sourcesBelow(ROOT, 'src-main');
const preload = sourcesBelow(ROOT, 'src-preload');
const renderer = sourcesBelow(ROOT, 'src-renderer');

describe('the scanner', () => {
  it.each([
    ['session.setCertificateVerifyProc(f)', 'certificate'],
    ["app['on']('certificate-error', f)", 'certificate errors'],
    ['connect({ rejectUnauthorized: false })', 'rejectUnauthorized'],
    ['const o = { "rejectUnauthorized": x }', 'rejectUnauthorized'],
    ["process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'", 'certificate'],
    ['process.env.X = `ELECTRON_DISABLE_SECURITY_WARNINGS`', 'warnings'],
    ['contents.executeJavaScript(text)', 'no code in the page'],
    ['contents\n  .insertCSS(text)', 'no styles'],
    ['eval(text)', 'no code from text'],
    ['globalThis.eval(text)', 'no code from text'],
    ['new Function("return 1")', 'no code from text'],
    ['Function(text)()', 'no code from text'],
    ['setTimeout("run()", 1)', 'no code from text'],
    ["app.commandLine.appendSwitch('ignore-certificate-errors')", 'no switch'],
    ['const p = "script-src \'unsafe-inline\'"', 'no unsafe word'],
    ['load("http://example.org")', 'unencrypted'],
    ['load(`http://${host}/`)', 'unencrypted'],
    ['new BrowserWindow({ webPreferences: {} })', 'belongs to src-main/shell/window.ts'],
    ['shell.openExternal(url)', 'belongs to src-main/shell/external-links.ts'],
    ['const { openExternal: open } = shell', 'belongs to'],
    ['const p = { sandbox: false }', 'sandbox must be'],
    ['const p = { contextIsolation: flag }', 'contextIsolation must be'],
    ['const p = { nodeIntegration: true }', 'nodeIntegration must be'],
    ['const p = { "webSecurity": !1 }', 'webSecurity must be'],
  ])('finds %s', (code, rule) => {
    const rules = scanSource('src-main/other.ts', code).map((finding) => finding.rule);
    expect(rules.join('; ')).toContain(rule);
  });

  it('names file and line', () => {
    expect(scanSource('src-main/x.ts', '\n\neval(a)')).toEqual([
      { file: 'src-main/x.ts', line: 3, rule: 'no code from text' },
    ]);
  });

  it.each([
    '// never call eval() or set rejectUnauthorized',
    "type S = Pick<Shell, 'openExternal'>",
    'const p = { sandbox: true, nodeIntegration: false }',
    'load("http://127.0.0.1:80/"); load("https://example.org")',
    'setTimeout(run, 1)',
    'connect({ rejectUnauthorized: true })',
  ])('has nothing against %s', (code) => {
    expect(scanSource('src-main/other.ts', code)).toEqual([]);
  });
});

describe('the product', () => {
  it('was found', () => {
    expect(main.length).toBeGreaterThan(30);
    expect(preload.length).toBeGreaterThan(10);
  });

  it('switches no protection off, in main, preload and window', () => {
    const all = [...main, ...preload, ...renderer];
    expect(all.flatMap(([file, text]) => scanSource(file, scriptOf(file, text)))).toEqual([]);
  });

  it('touches Electron in the preload alone, and exposes one object there', () => {
    const users = preload.filter(([, text]) => /from 'electron'/.test(text)).map(([file]) => file);
    expect(users).toEqual(['src-preload/index.ts']);
    const text = preload.find(([file]) => file === 'src-preload/index.ts')?.[1] ?? '';
    expect(text.match(/exposeInMainWorld/g)).toHaveLength(1);
    expect(text.split('\n').length).toBeLessThanOrEqual(60);
  });

  it('renders no markup from text in the window', () => {
    const risky = /v-html|\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|srcdoc/;
    expect(renderer.filter(([, text]) => risky.test(text)).map(([file]) => file)).toEqual([]);
  });

  it('loads nothing from elsewhere in the window', () => {
    const remote = /(?:src|href)=["'](?:https?:)?\/\//;
    expect(renderer.filter(([, text]) => remote.test(text)).map(([file]) => file)).toEqual([]);
  });
});

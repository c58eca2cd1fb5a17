/**
 * What the security headers do in a real Chromium: the page tries everything that a script smuggled into it
 * would try. Served over loopback HTTP, because only Electron knows our scheme; the headers are the product's.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { APP_ORIGIN, pageServer } from '../../../src-main/shell/app-protocol.ts';
import { findChromium } from '../../stand-in/chromium/find.ts';

const program = findChromium();
if (program === undefined) console.warn('no Chromium found: the content policy is tested as text only');

const PAGE = `<!doctype html><html><head><link rel="stylesheet" href="./page.css"></head>
<body><p id="styled" style="color: rgb(1, 2, 3)">text</p><script>globalThis.inlineRan = true</script>
<script type="module" src="./page.js"></script></body></html>`;

/** Runs inside the page, as our own script would. Each probe answers whether it got through. */
const SCRIPT = `
const tried = async (run) => { try { return (await run()) !== false; } catch { return false; } };
const loads = (tag, set, parent = document.body) => new Promise((resolve) => {
  const element = document.createElement(tag);
  element.onload = () => resolve(true);
  element.onerror = () => resolve(false);
  set(element);
  parent.append(element);
});
const probes = {
  ownScript: async () => true,
  ownStyle: async () => getComputedStyle(document.body).backgroundColor === 'rgb(4, 5, 6)',
  styleThroughCssom: async () => {
    document.body.style.setProperty('margin', '7px');
    return getComputedStyle(document.body).marginTop === '7px';
  },
  ownPicture: () => loads('img', (image) => { image.src = './dot.svg'; }),
  inlineScript: async () => globalThis.inlineRan === true,
  inlineStyle: async () => getComputedStyle(document.getElementById('styled')).color === 'rgb(1, 2, 3)',
  styleElement: async () => {
    const style = document.createElement('style');
    style.textContent = 'body { padding-left: 9px }';
    document.head.append(style);
    return getComputedStyle(document.body).paddingLeft === '9px';
  },
  evaluation: () => tried(() => (0, eval)('1')),
  functionFromText: () => tried(() => new Function('return 1')()),
  markup: () => tried(() => { document.createElement('p').innerHTML = '<b>x</b>'; }),
  otherMarkupPolicy: () => tried(() => trustedTypes.createPolicy('mine', { createHTML: (text) => text })),
  request: () => tried(() => fetch('./page.css')),
  foreignRequest: () => tried(() => fetch(globalThis.foreign)),
  beacon: () => tried(() => new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.onload = () => resolve(true);
    request.onerror = () => resolve(false);
    request.open('GET', './page.css');
    request.send();
  })),
  socket: () => tried(() => new Promise((resolve) => {
    const socket = new WebSocket(globalThis.foreign.replace('http', 'ws'));
    socket.onopen = () => resolve(true);
    socket.onerror = () => resolve(false);
  })),
  foreignPicture: () => loads('img', (image) => { image.src = globalThis.foreign + '/dot.svg'; }),
  dataPicture: () => loads('img', (image) => {
    image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';
  }),
  worker: () => tried(() => new Promise((resolve) => {
    const worker = new Worker('./worker.js');
    worker.onerror = () => resolve(false);
    setTimeout(() => resolve(false), 500);
    worker.onmessage = () => resolve(true);
  })),
  base: async () => {
    const base = document.createElement('base');
    base.href = 'https://example.org/';
    document.head.append(base);
    const moved = document.baseURI.startsWith('https://example.org');
    base.remove();
    return moved;
  },
};
// Run by the page and not by the debugger, whose evaluations may use eval whatever the policy says.
const results = {};
for (const [name, probe] of Object.entries(probes)) results[name] = await probe();
globalThis.results = results;
`;

const ALLOWED = ['ownScript', 'ownStyle', 'styleThroughCssom', 'ownPicture'];
const STOPPED = [
  'inlineScript',
  'inlineStyle',
  'styleElement',
  'evaluation',
  'functionFromText',
  'markup',
  'otherMarkupPolicy',
  'request',
  'foreignRequest',
  'beacon',
  'socket',
  'foreignPicture',
  'dataPicture',
  'worker',
  'base',
];

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe.skipIf(program === undefined)('the security headers in a real Chromium', () => {
  let folder = '';
  let browser: Browser | undefined;
  const servers: Server[] = [];
  let guarded: Record<string, boolean> = {};
  let unguarded: Record<string, boolean> = {};

  /** The page's own answers; with `headers` false the same page is served without any policy. */
  async function visit(headers: boolean, foreign: string): Promise<Record<string, boolean>> {
    const serve = pageServer(folder);
    const server = createServer((request, response) => {
      const asked = { url: `${APP_ORIGIN}${request.url ?? '/'}`, method: request.method ?? 'GET' };
      void serve(asked).then(async (answer) => {
        const type = answer.headers.get('Content-Type') ?? 'text/plain';
        response.writeHead(
          answer.status,
          headers ? Object.fromEntries(answer.headers) : { 'content-type': type },
        );
        response.end(Buffer.from(await answer.arrayBuffer()));
      });
    });
    servers.push(server);
    const page = await browser?.newPage();
    await page?.addInitScript(`globalThis.foreign = ${JSON.stringify(foreign)}`);
    await page?.goto(await listen(server));
    await page?.waitForFunction('globalThis.results !== undefined');
    return (await page?.evaluate('globalThis.results')) as Record<string, boolean>;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-policy-'));
    writeFileSync(join(folder, 'index.html'), PAGE);
    writeFileSync(join(folder, 'page.js'), SCRIPT);
    writeFileSync(join(folder, 'worker.js'), 'postMessage(1)');
    writeFileSync(join(folder, 'page.css'), 'body { background: rgb(4, 5, 6) }');
    writeFileSync(join(folder, 'dot.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>');
    const foreign = createServer((_request, response) => {
      response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'image/svg+xml' });
      response.end('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>');
    });
    new WebSocketServer({ server: foreign }).on('connection', (socket) => socket.close());
    servers.push(foreign);
    browser = await chromium.launch({
      executablePath: program?.path ?? '',
      env: { ...process.env, ...program?.env },
      args: ['--no-sandbox', '--disable-gpu'],
    });
    const address = await listen(foreign);
    guarded = await visit(true, address);
    unguarded = await visit(false, address);
  });

  afterAll(async () => {
    await browser?.close();
    for (const server of servers) {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(ALLOWED)('let %s through', (probe) => {
    expect(guarded[probe]).toBe(true);
  });

  it.each(STOPPED)('stop %s, which gets through without them', (probe) => {
    expect({ guarded: guarded[probe], unguarded: unguarded[probe] }).toEqual({
      guarded: false,
      unguarded: true,
    });
  });

  it('were probed completely', () => {
    expect(Object.keys(guarded).sort()).toEqual([...ALLOWED, ...STOPPED].sort());
  });
});

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  APP_ORIGIN,
  APP_SCHEME_PRIVILEGES,
  CONTENT_SECURITY_POLICY,
  SECURITY_HEADERS,
  pageServer,
  relativePath,
} from '../../../src-main/shell/app-protocol.ts';

const policy = new Map(
  CONTENT_SECURITY_POLICY.split('; ').map((directive) => {
    const [name = '', ...values] = directive.split(' ');
    return [name, values.join(' ')];
  }),
);

describe('the content policy', () => {
  it('is exactly this', () => {
    expect(Object.fromEntries(policy)).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self'",
      'font-src': "'self'",
      'connect-src': "'none'",
      'worker-src': "'none'",
      'frame-src': "'none'",
      'object-src': "'none'",
      'media-src': "'none'",
      'manifest-src': "'none'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
      'require-trusted-types-for': "'script'",
      'trusted-types': 'vue',
    });
  });

  it('has no unsafe word, no wildcard and no scheme', () => {
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|\*|https?:|data:|blob:|ws:/);
  });
});

describe('the privileges of the scheme', () => {
  it('give an origin and nothing more', () => {
    expect(APP_SCHEME_PRIVILEGES).toEqual({
      scheme: 'app',
      privileges: {
        standard: true,
        secure: true,
        codeCache: true,
        bypassCSP: false,
        allowServiceWorkers: false,
        supportFetchAPI: false,
        corsEnabled: false,
        stream: false,
      },
    });
  });
});

describe('relativePath', () => {
  it.each([
    ['app://holdfast/', 'index.html'],
    ['app://holdfast', 'index.html'],
    ['app://holdfast/index.html#/trade', 'index.html'],
    ['app://holdfast/index.html?x=1', 'index.html'],
    ['app://holdfast/assets/a-B_1.js', 'assets/a-B_1.js'],
    ['app://holdfast/assets/%C3%A9.svg', 'assets/é.svg'],
  ])('reads %s', (address, path) => {
    expect(relativePath(address)).toBe(path);
  });

  it.each([
    'app://other/index.html',
    'app://holdfast.evil/index.html',
    'app://user@holdfast/index.html',
    'app://holdfast:1/index.html',
    'file:///etc/passwd',
    'https://holdfast/index.html',
    'app://holdfast/%2e%2e%2f%2e%2e%2fetc/passwd',
    'app://holdfast/..%2fsecret.html',
    'app://holdfast/a%2f..%2f..%2fsecret.html',
    'app://holdfast/..\\secret.html',
    'app://holdfast/%5c..%5csecret.html',
    'app://holdfast/index.html%00.png',
    'app://holdfast/%252e%252e/secret.html',
    'app://holdfast/C:/secret.html',
    'app://holdfast/index.html::$DATA',
    'app://holdfast//etc/passwd.html',
    'app://holdfast/assets/',
    'app://holdfast/%ff.html',
    'not an address',
  ])('refuses %s', (address) => {
    expect(relativePath(address)).toBeUndefined();
  });
});

describe('pageServer', () => {
  let folder = '';
  const serve = (url: string, method = 'GET'): Promise<Response> =>
    pageServer(join(folder, 'page'))({ url: url.startsWith('app:') ? url : `${APP_ORIGIN}${url}`, method });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-page-'));
    mkdirSync(join(folder, 'page', 'assets'), { recursive: true });
    mkdirSync(join(folder, 'page-beside'));
    writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html>');
    writeFileSync(join(folder, 'page', 'assets', 'font.woff2'), Buffer.from([0, 255, 1]));
    writeFileSync(join(folder, 'page', 'notes.txt'), 'not served');
    writeFileSync(join(folder, 'secret.html'), 'secret');
    writeFileSync(join(folder, 'page-beside', 'secret.html'), 'secret');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('serves the page with its type and every security header', async () => {
    const response = await serve('/');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('<!doctype html>');
    const headers = { ...SECURITY_HEADERS, 'Content-Type': 'text/html; charset=utf-8' };
    for (const [name, value] of Object.entries(headers)) expect(response.headers.get(name), name).toBe(value);
  });

  it('serves bytes unchanged', async () => {
    const response = await serve('/assets/font.woff2');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255, 1]));
    expect(response.headers.get('Content-Type')).toBe('font/woff2');
  });

  it('answers HEAD without a body', async () => {
    const response = await serve('/index.html', 'HEAD');
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s', async (method) => {
    expect((await serve('/index.html', method)).status).toBe(405);
  });

  it.each([
    ['a missing file', '/missing.html', 404],
    ['a folder', '/assets.html', 404],
    ['a type that the build never makes', '/notes.txt', 404],
    ['a file without a type', '/notes', 404],
    ['an address that leads out', '/..%2fsecret.html', 400],
    ['another host', 'app://evil/index.html', 400],
  ])('refuses %s without content and with the security headers', async (_name, url, status) => {
    mkdirSync(join(folder, 'page', 'assets.html'));
    const response = await serve(url);
    expect([response.status, await response.text()]).toEqual([status, '']);
    expect(response.headers.get('Content-Security-Policy')).toBe(CONTENT_SECURITY_POLICY);
  });

  it('does not follow a link out of its folder, to a file, a folder or a neighbour with the same beginning', async () => {
    symlinkSync(join(folder, 'secret.html'), join(folder, 'page', 'file.html'));
    symlinkSync(folder, join(folder, 'page', 'up'));
    symlinkSync(join(folder, 'page-beside'), join(folder, 'page', 'beside'));
    for (const url of ['/file.html', '/up/secret.html', '/beside/secret.html']) {
      expect((await serve(url)).status, url).toBe(404);
    }
  });

  it('serves a link that stays inside, and a root that is itself a link', async () => {
    symlinkSync(join(folder, 'page', 'index.html'), join(folder, 'page', 'inside.html'));
    expect((await serve('/inside.html')).status).toBe(200);
    symlinkSync(join(folder, 'page'), join(folder, 'linked'));
    const viaLink = await pageServer(join(folder, 'linked'))({ url: `${APP_ORIGIN}/`, method: 'GET' });
    expect(viaLink.status).toBe(200);
  });
});

import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { CustomScheme } from 'electron';

/** Where our pages live. A scheme of our own instead of file:// keeps pages away from every other file. */
export const APP_SCHEME = 'app';
export const APP_HOST = 'holdfast';
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

/**
 * Registered before the application is ready. `standard` and `secure` give the pages a real origin; all else
 * stays off: no fetch, no service worker, no way around the content policy.
 */
export const APP_SCHEME_PRIVILEGES: CustomScheme = {
  scheme: APP_SCHEME,
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
};

/**
 * Everything is denied but our own scripts, styles, pictures and fonts. The page has no network at all:
 * market data reaches it through the preload. Vue sets styles through the CSSOM, which needs no exception,
 * and its own Trusted Types policy is the only one that may make markup.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'none'",
  "worker-src 'none'",
  "frame-src 'none'",
  "object-src 'none'",
  "media-src 'none'",
  "manifest-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types vue',
].join('; ');

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy':
    'camera=(), microphone=(), geolocation=(), usb=(), hid=(), serial=(), display-capture=()',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

/** What the build can put beside the page. A file of another type is not served. */
const MIME_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export interface PageRequest {
  readonly url: string;
  readonly method: string;
}

export interface PageFiles {
  realpath(path: string): Promise<string>;
  isFile(path: string): Promise<boolean>;
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** Node's files; inside the packaged application Electron makes the same calls read the asar archive. */
const diskFiles: PageFiles = {
  realpath: (path) => realpath(path),
  isFile: async (path) => (await stat(path)).isFile(),
  read: async (path) => Uint8Array.from(await readFile(path)),
};

/**
 * Answers requests for `app://holdfast/…` from one folder and nothing else. Every refusal is a 4xx without
 * content, and carries the same headers as a page.
 *
 * @param root absolute path of the folder with index.html
 */
export function pageServer(
  root: string,
  files: PageFiles = diskFiles,
): (request: PageRequest) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405);
    const relative = relativePath(request.url);
    if (relative === undefined) return refusal(400);
    const type = MIME_TYPES[extname(relative).toLowerCase()];
    const path = type === undefined ? undefined : await confine(root, relative, files);
    if (type === undefined || path === undefined) return refusal(404);
    const body = request.method === 'HEAD' ? null : await files.read(path);
    return new Response(body, { status: 200, headers: { ...SECURITY_HEADERS, 'Content-Type': type } });
  };
}

/** The path inside our folder that an address names, or undefined for an address that we do not serve. */
export function relativePath(address: string): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || url.protocol !== `${APP_SCHEME}:` || url.host !== APP_HOST) return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  const path = decode(url.pathname);
  if (path === undefined) return undefined;
  // Decoded once and never again: whatever still looks encoded, or like another system's path, is refused.
  const odd = [...path].some((character) => character < ' ' || '\\%:*?"<>|\u007f'.includes(character));
  const segments = path.split('/').slice(1);
  if (odd || segments.some((segment) => segment === '..' || segment === '.')) return undefined;
  if (path === '' || path === '/') return 'index.html';
  return segments.includes('') ? undefined : segments.join('/');
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Follows links before it compares: a link in the folder must not lead out of it. */
async function confine(root: string, relative: string, files: PageFiles): Promise<string | undefined> {
  try {
    const realRoot = await files.realpath(root);
    const path = await files.realpath(join(realRoot, relative));
    return path.startsWith(realRoot + sep) && (await files.isFile(path)) ? path : undefined;
  } catch {
    // Not there, or not ours to read: for the page that is the same.
    return undefined;
  }
}

const refusal = (status: number): Response => new Response(null, { status, headers: SECURITY_HEADERS });

import { HoldfastError } from '../errors.ts';

/** Gateways before venues turn away requests without one. The same for everybody: it tells no version. */
export const USER_AGENT = 'Holdfast';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const SECURE = new Set(['https:', 'wss:']);
const PLAIN = new Set(['http:', 'ws:']);

/**
 * Unencrypted only to this machine (the loopback venues of tests and of the demo): keys and signatures never
 * cross a network in the clear, whatever a setting says. Throws `notAllowed`/`net.insecureHost`.
 */
export function requireSafeUrl(text: string): URL {
  const url = URL.parse(text);
  if (url && url.username === '' && url.password === '') {
    if (SECURE.has(url.protocol)) return url;
    if (PLAIN.has(url.protocol) && LOOPBACK.has(url.hostname)) return url;
  }
  throw new HoldfastError(
    'notAllowed',
    'net.insecureHost',
    'Venues are reached over an encrypted connection only.',
  );
}

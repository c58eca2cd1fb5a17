import { REDACTED, redactJson } from './redact-json.ts';
import { isSensitiveName } from './redact-names.ts';

/** What is kept of one text, bytes of UTF-8. */
export const KEPT_BYTES = 4096;
/** Read for redaction; longer texts are cut before, because only their beginning is kept. */
const READ_CHARACTERS = 2 * KEPT_BYTES;

const LOGIN = /"(?:op|event|action)"\s*:\s*"(?:auth|login|authenticate)"/i;
const PARAMETER = /(^|[?&;\s])([\w.%[\]-]+)=([^&;\s"]*)/g;
/** HMACs in hex, RSA and base64 signatures, long tokens: no venue's ids or symbols look like this. */
const LONG_TOKEN = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{40,}={0,2}/g;
const IPV4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g;
const IPV6 = /(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/gi;

/** Redacts texts of requests and answers. `secrets` answers what must not stay anywhere, such as our key ids. */
export class Redactor {
  readonly #secrets: () => readonly string[];

  constructor(secrets: () => readonly string[] = () => []) {
    this.#secrets = secrets;
  }

  /** Query, body, frame or answer: redacted, then cut to 4 KiB. */
  text(raw: string): string {
    const isCut = raw.length > READ_CHARACTERS;
    const text = isCut ? raw.slice(0, READ_CHARACTERS) : raw;
    let clean = redactJson(text, LOGIN.test(text));
    if (clean.includes('=')) clean = clean.replace(PARAMETER, redactParameter);
    clean = this.#scrub(clean);
    clean = clean.replace(LONG_TOKEN, (token) => (looksRandom(token) ? REDACTED : token));
    clean = withoutAddresses(clean);
    // The last word may be the beginning of something that would have been recognised whole.
    if (isCut) clean = withoutLastWord(clean);
    return cutToBytes(clean, KEPT_BYTES, isCut);
  }

  /** A path holds no parameters by the time it comes here; ids of ours are taken out all the same. */
  path(raw: string): string {
    return cutToBytes(withoutAddresses(this.#scrub(raw)), 300, false);
  }

  #scrub(text: string): string {
    let clean = text;
    for (const secret of this.#secrets()) {
      if (secret.length < 4) continue;
      for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]))
        if (clean.includes(form)) clean = clean.replaceAll(form, REDACTED);
    }
    return clean;
  }
}

function redactParameter(whole: string, before: string, name: string): string {
  return isSensitiveName(decodeName(name)) ? `${before}${name}=${REDACTED}` : whole;
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Words and paths can be long as well; a signature has digits among its letters, or is all hex. */
const looksRandom = (token: string): boolean =>
  /\d/.test(token) && (/^[0-9a-f]+=*$/i.test(token) || (/[a-z]/.test(token) && /[A-Z]/.test(token)));

const withoutAddresses = (text: string): string => {
  let clean = text;
  if (clean.includes('.')) clean = clean.replace(IPV4, '[address]');
  if (clean.includes('::') || /[0-9a-f]:[0-9a-f]/i.test(clean)) clean = clean.replace(IPV6, asAddress);
  return clean;
};

/** A double colon or many single ones: a time of day has two single ones. */
const asAddress = (found: string): string =>
  /[0-9a-f]/i.test(found) && (found.includes('::') || found.split(':').length > 5) ? '[address]' : found;

function withoutLastWord(text: string): string {
  let end = text.length;
  while (end > 0 && !/[\s",:&=]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** The longest beginning that fits, never a broken character. */
function cutToBytes(text: string, most: number, wasCut: boolean): string {
  const mark = '…';
  if (!wasCut && Buffer.byteLength(text) <= most) return text;
  const room = most - Buffer.byteLength(mark);
  // Through bytes even when it fits: a slice would keep the whole answer, 5 MB of it, in memory.
  const bytes = Buffer.from(text);
  let end = Math.min(room, bytes.length);
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end) + mark;
}

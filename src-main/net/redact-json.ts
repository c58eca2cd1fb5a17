import { isSensitiveName } from './redact-names.ts';

export const REDACTED = '[redacted]';
/** JSON in strings in JSON, and so on: what is wrapped deeper than this is not read but taken out. */
const DEEPEST = 6;

/**
 * Replaces the values of sensitive fields in JSON text, or in the beginning of it: it reads tokens instead of
 * parsing, so that cut texts are covered and every other character stays as the venue wrote it (sequence
 * numbers beyond 2^53 included). `hidesArgs`: the values of `args` are hidden too, as in a login frame.
 */
export function redactJson(text: string, hidesArgs: boolean, depth = 0): string {
  let out = '';
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    if (text.charCodeAt(at) !== 0x22) {
      at += 1;
      continue;
    }
    const end = stringEnd(text, at);
    const colon = skipSpace(text, end);
    const token = text.slice(at, end);
    if (text[colon] === ':') {
      const name = decoded(token);
      const valueAt = skipSpace(text, colon + 1);
      if (isSensitiveName(name) || (hidesArgs && name === 'args')) {
        at = valueEnd(text, valueAt);
        out += `${text.slice(copied, valueAt)}"${REDACTED}"`;
        copied = at;
      } else {
        at = valueAt;
      }
    } else {
      const inner = token.includes('\\') ? redactInner(token, hidesArgs, depth) : token;
      if (inner !== token) {
        out += text.slice(copied, at) + inner;
        copied = end;
      }
      at = end;
    }
  }
  return out + text.slice(copied);
}

/** A string that holds JSON itself. */
function redactInner(token: string, hidesArgs: boolean, depth: number): string {
  const inner = decoded(token);
  if (!inner.includes('"')) return token;
  if (depth >= DEEPEST) return `"${REDACTED}"`;
  const redacted = redactJson(inner, hidesArgs, depth + 1);
  return redacted === inner ? token : JSON.stringify(redacted);
}

/** Index after the closing quote, or the end of the text. */
function stringEnd(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === 0x22) return end + 1;
    end += code === 0x5c ? 2 : 1;
  }
  return text.length;
}

function skipSpace(text: string, at: number): number {
  let next = at;
  while (next < text.length && text.charCodeAt(next) <= 0x20) next += 1;
  return next;
}

/** Index after the value that begins here, whatever it is. */
function valueEnd(text: string, at: number): number {
  let depth = 0;
  let end = at;
  while (end < text.length) {
    const char = text[end];
    if (char === '"') {
      end = stringEnd(text, end);
      if (depth === 0) return end;
      continue;
    }
    if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') {
      depth -= 1;
      if (depth < 0) return end;
      if (depth === 0) return end + 1;
    } else if (char === ',' && depth === 0) return end;
    end += 1;
  }
  return text.length;
}

/** The characters that a JSON string stands for; of a cut one, those that are there. */
function decoded(token: string): string {
  const isWhole = token.length > 1 && token.endsWith('"');
  if (!token.includes('\\')) return token.slice(1, isWhole ? -1 : undefined);
  // A cut can go through an escape, the longest of which has six characters.
  for (let cut = 0; cut <= 6; cut += 1) {
    const text = cut === 0 ? token : `${token.slice(0, token.length - cut + 1)}"`;
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'string') return value;
    } catch {
      continue;
    }
  }
  return token.slice(1).replace(/\\+"/g, '"');
}

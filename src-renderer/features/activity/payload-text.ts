/**
 * Requests and answers made readable without touching what they say: whitespace is added, nothing is parsed. A
 * number that a parser would round, or a body that was cut off in the middle, is shown as it was sent.
 */
const INDENT = '  ';
const OPENING = new Set(['{', '[']);
const CLOSING = new Set(['}', ']']);

/** The string literal that begins at `start`, with its quotes; to the end when it was cut off. */
function literalAt(text: string, start: number): string {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return text.slice(start, at + 1);
}

function indented(text: string): string {
  let out = '';
  let depth = 0;
  const line = (): string => `\n${INDENT.repeat(Math.max(0, depth))}`;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') {
      const literal = literalAt(text, at);
      out += literal;
      at += literal.length - 1;
    } else if (OPENING.has(char)) {
      depth += 1;
      out += char + line();
    } else if (CLOSING.has(char)) {
      depth -= 1;
      // An empty object stays on its line.
      out = /[{[]\s*$/.test(out) ? out.trimEnd() + char : out + line() + char;
    } else if (char === ',') out += char + line();
    else if (char === ':') out += ': ';
    else if (!/\s/.test(char)) out += char;
  }
  return out;
}

const isQuery = (text: string): boolean => /^[^\s=&{["]+=[^\s]*$/.test(text);

/** JSON with indentation, a query with one parameter a line, anything else as it is. */
export function payloadText(text: string): string {
  const bare = text.trim();
  if (bare.startsWith('{') || bare.startsWith('[')) return indented(bare);
  return isQuery(bare) ? bare.split('&').join('\n') : text;
}

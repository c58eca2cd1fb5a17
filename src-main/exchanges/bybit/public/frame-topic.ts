const FIRST = '{"topic":"';
const LATER = '"topic":"';
/** Long enough for the fields that Bybit puts before the topic: an id on options, the type on spot candles. */
const HEAD = 200;

/**
 * The topic of a public frame, without parsing it; null for a frame that has none (pongs, acknowledgements).
 * A quoted key cannot appear inside a JSON text value: its quotes would be escaped.
 */
export function topicOf(text: string): string | null {
  let start = FIRST.length;
  if (!text.startsWith(FIRST)) {
    const at = text.slice(0, HEAD).indexOf(LATER);
    if (at === -1) return null;
    start = at + LATER.length;
  }
  const end = text.indexOf('"', start);
  return end === -1 ? null : text.slice(start, end);
}

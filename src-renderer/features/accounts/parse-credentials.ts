/**
 * Recognises pasted credentials: a JSON object, NAME=value lines, or the text that a venue shows beside a new key.
 * Nothing is kept; the caller puts the parts into their fields.
 */
import { VENUES, type VenueId } from '../../../src-preload/contract/types/market.ts';

export interface PastedCredentials {
  readonly venue?: VenueId;
  readonly label?: string;
  readonly key?: string;
  readonly secret?: string;
  readonly passphrase?: string;
}

type Part = keyof PastedCredentials;

// Compared without case, spaces and signs: "API Secret", "api_secret" and "apiSecret" are the same name.
const NAMES: Readonly<Record<Part, readonly string[]>> = {
  key: ['apikey', 'key', 'accesskey', 'apikeyid', 'keyid', 'publickey', 'accesskeyid'],
  secret: [
    'apisecret',
    'secret',
    'secretkey',
    'apisecretkey',
    'privatekey',
    'secretaccesskey',
    'rsaprivatekey',
  ],
  passphrase: ['passphrase', 'apipassphrase', 'password', 'apipassword'],
  venue: ['exchange', 'venue', 'platform'],
  label: ['label', 'name', 'keyname', 'remark', 'note', 'apiname'],
};

const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----/;
const LONGEST = 16_384;
const WORDS_OF_VENUES = [...new Set(VENUES.flatMap((venue) => venue.split('-')))];

function partOf(name: string): Part | undefined {
  const bare = name.toLowerCase().replace(/[^a-z]/g, '');
  const plain = WORDS_OF_VENUES.reduce((text, word) => text.replace(word, ''), bare);
  return (Object.keys(NAMES) as Part[]).find((part) => NAMES[part].includes(plain));
}

/** The venue with most of its words in the text: "Bybit Testnet" names the testnet and not Bybit. */
const venueIn = (text: string): VenueId | undefined =>
  VENUES.filter((venue) => venue !== 'practice')
    .toSorted((a, b) => b.length - a.length)
    .find((venue) => venue.split('-').every((word) => text.toLowerCase().includes(word)));

function fromJson(text: string): Map<Part, string> {
  const found = new Map<Part, string>();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return found;
    for (const [name, entry] of Object.entries(value)) {
      const part = partOf(name);
      if (part !== undefined && typeof entry === 'string' && entry !== '') found.set(part, entry.trim());
    }
  } catch {
    // No JSON: the lines are looked at instead.
  }
  return found;
}

function fromLines(text: string): Map<Part, string> {
  const found = new Map<Part, string>();
  let waiting: Part | undefined;
  for (const line of text.split(/\r?\n/).map((one) => one.trim().replace(/^export\s+/, ''))) {
    const match = /^([A-Za-z][A-Za-z _-]{1,40}?)\s*[:=\uff1a\t]\s*["']?(.*?)["']?,?$/.exec(line);
    const part = partOf(match?.[1] ?? line);
    const value = match?.[2] ?? '';
    if (part !== undefined && value !== '') found.set(part, value);
    // A name alone on its line: the value is the next one.
    else if (part === undefined && waiting !== undefined && line !== '' && !line.includes(' '))
      found.set(waiting, line);
    waiting = part !== undefined && value === '' ? part : line === '' ? waiting : undefined;
  }
  return found;
}

/** The parts of a paste; null unless at least the key or the venue came together with a secret or a key. */
export function parseCredentials(text: string): PastedCredentials | null {
  if (text.length > LONGEST) return null;
  const pem = PEM.exec(text)?.[0];
  const rest = pem === undefined ? text : text.replace(pem, '');
  const found = rest.trim().startsWith('{') ? fromJson(text.trim()) : fromLines(rest);
  if (pem !== undefined) found.set('secret', pem);
  const venue = venueIn(found.get('venue') ?? rest.replace(found.get('secret') ?? '', ''));
  const pieces = (['key', 'secret', 'passphrase'] as const).filter((part) => found.has(part));
  // One piece alone is an ordinary paste into one field.
  if (pieces.length < 2) return null;
  found.delete('venue');
  return { ...Object.fromEntries(found), ...(venue === undefined ? {} : { venue }) };
}

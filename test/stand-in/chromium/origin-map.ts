const suffix = 'holdfast.test';

/**
 * Chromium cannot be taught a custom scheme from outside, so `app://holdfast/x` is loaded as
 * `https://holdfast.app.holdfast.test/x`, an address that exists only in request interception. Main sees the
 * former, the page's own `location` shows the latter.
 */
export function toPageUrl(url: string, schemes: ReadonlySet<string>): string {
  const parsed = parse(url);
  const scheme = parsed?.protocol.slice(0, -1) ?? '';
  if (!parsed || !schemes.has(scheme)) return url;
  const path = parsed.pathname === '' ? '/' : parsed.pathname;
  return `https://${parsed.host.toLowerCase()}.${scheme}.${suffix}${path}${parsed.search}${parsed.hash}`;
}

/** The way back; addresses outside the mapping are returned as they are. */
export function toAppUrl(url: string, schemes: ReadonlySet<string>): string {
  const parsed = parse(url);
  const mapped = parsed && splitHost(parsed, schemes);
  if (!parsed || !mapped) return url;
  return `${mapped.scheme}://${mapped.host}${parsed.pathname}${parsed.search}${parsed.hash}`;
}

/** `https://holdfast.app.holdfast.test` as `app://holdfast`. */
export function toAppOrigin(origin: string, schemes: ReadonlySet<string>): string {
  const parsed = parse(origin);
  const mapped = parsed && splitHost(parsed, schemes);
  return mapped ? `${mapped.scheme}://${mapped.host}` : origin;
}

export function isMapped(url: string, schemes: ReadonlySet<string>): boolean {
  const parsed = parse(url);
  return parsed !== undefined && splitHost(parsed, schemes) !== undefined;
}

/** Rewrites addresses and scheme sources inside a header, such as `script-src app:` in a CSP. */
export function mapHeader(value: string, schemes: ReadonlySet<string>): string {
  let result = value;
  for (const scheme of schemes) {
    result = result
      .replaceAll(
        new RegExp(`\\b${scheme}://([a-z0-9.-]+)`, 'gi'),
        (_all, host: string) => `https://${host.toLowerCase()}.${scheme}.${suffix}`,
      )
      .replaceAll(new RegExp(`(^|[\\s;,])${scheme}:(?=$|[\\s;,])`, 'g'), `$1https://*.${scheme}.${suffix}`);
  }
  return result;
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

function splitHost(url: URL, schemes: ReadonlySet<string>): { scheme: string; host: string } | undefined {
  if (url.protocol !== 'https:' || url.port !== '') return undefined;
  for (const scheme of schemes) {
    const ending = `.${scheme}.${suffix}`;
    if (url.hostname.endsWith(ending)) return { scheme, host: url.hostname.slice(0, -ending.length) };
  }
  return undefined;
}

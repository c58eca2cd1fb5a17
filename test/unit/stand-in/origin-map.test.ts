import { describe, expect, it } from 'vitest';
import { isMapped, mapHeader, toAppOrigin, toAppUrl, toPageUrl } from '../../stand-in/chromium/origin-map.ts';

const schemes = new Set(['app']);

describe('the address mapping', () => {
  it.each([
    ['app://holdfast/index.html', 'https://holdfast.app.holdfast.test/index.html'],
    ['app://holdfast/a%20b?x=1#/trade', 'https://holdfast.app.holdfast.test/a%20b?x=1#/trade'],
    ['app://holdfast/', 'https://holdfast.app.holdfast.test/'],
  ])('loads %s as %s and gives main the former back', (app, page) => {
    expect(toPageUrl(app, schemes)).toBe(page);
    expect(toAppUrl(page, schemes)).toBe(app);
  });

  it('leaves foreign addresses as they are', () => {
    for (const url of ['https://example.test/', 'other://holdfast/', 'about:blank', 'not an address']) {
      expect(toPageUrl(url, schemes)).toBe(url);
      expect(toAppUrl(url, schemes)).toBe(url);
      expect(isMapped(url, schemes)).toBe(false);
    }
  });

  it('does not take a look-alike for the mapped origin', () => {
    expect(isMapped('https://holdfast.app.holdfast.test.evil.test/', schemes)).toBe(false);
    expect(isMapped('http://holdfast.app.holdfast.test/', schemes)).toBe(false);
    expect(isMapped('https://holdfast.app.holdfast.test:8443/', schemes)).toBe(false);
    expect(toAppOrigin('https://holdfast.app.holdfast.test', schemes)).toBe('app://holdfast');
  });

  it('rewrites scheme sources and addresses inside headers and nothing else', () => {
    const csp = "default-src 'none'; script-src app: 'self'; img-src app://holdfast/icons data:";
    expect(mapHeader(csp, schemes)).toBe(
      "default-src 'none'; script-src https://*.app.holdfast.test 'self'; " +
        'img-src https://holdfast.app.holdfast.test/icons data:',
    );
  });
});

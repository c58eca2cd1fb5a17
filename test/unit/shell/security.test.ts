import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { hardenApp, hardenContents, hardenSession, isOwnRequest } from '../../../src-main/shell/security.ts';

type Fake<T> = T & Record<string, unknown>;
const prevented = (emitter: EventEmitter, event: string): boolean => {
  const details = { preventDefault: vi.fn<() => void>() };
  emitter.emit(event, details);
  return details.preventDefault.mock.calls.length > 0;
};

class FakeContents extends EventEmitter {
  openHandler: ((details: unknown) => { action: string }) | undefined;
  setWindowOpenHandler(handler: (details: unknown) => { action: string }): void {
    this.openHandler = handler;
  }
}

class FakeSession extends EventEmitter {
  request: ((contents: unknown, permission: string, answer: (granted: boolean) => void) => void) | undefined;
  check: ((...values: unknown[]) => boolean) | undefined;
  device: ((details: unknown) => boolean) | undefined;
  spellChecker: boolean | undefined;
  before: ((details: { url: string }, answer: (response: { cancel?: boolean }) => void) => void) | undefined;
  webRequest = {
    onBeforeRequest: (listener: NonNullable<FakeSession['before']>): void => {
      this.before = listener;
    },
  };
  setPermissionRequestHandler(handler: NonNullable<FakeSession['request']>): void {
    this.request = handler;
  }
  setPermissionCheckHandler(handler: NonNullable<FakeSession['check']>): void {
    this.check = handler;
  }
  setDevicePermissionHandler(handler: NonNullable<FakeSession['device']>): void {
    this.device = handler;
  }
  setSpellCheckerEnabled(enabled: boolean): void {
    this.spellChecker = enabled;
  }
}

const CONTENTS_EVENTS = [
  'will-navigate',
  'will-frame-navigate',
  'will-redirect',
  'will-attach-webview',
  'select-bluetooth-device',
];

describe('hardenApp', () => {
  it('turns the sandbox on for every page before anything else', () => {
    const order: string[] = [];
    const app = Object.assign(new EventEmitter(), { enableSandbox: () => order.push('sandbox') });
    app.on('newListener', () => order.push('listener'));
    hardenApp(app as Fake<never>);
    expect(order[0]).toBe('sandbox');
  });

  it('hardens every web contents as it is created, and refuses certificates and passwords', () => {
    const app = Object.assign(new EventEmitter(), { enableSandbox: () => undefined });
    hardenApp(app as Fake<never>);
    const contents = new FakeContents();
    app.emit('web-contents-created', {}, contents);
    expect(CONTENTS_EVENTS.filter((event) => !prevented(contents, event))).toEqual([]);
    expect(prevented(app, 'select-client-certificate')).toBe(true);
    expect(prevented(app, 'login')).toBe(true);
  });

  it('leaves certificate errors to Chromium', () => {
    const app = Object.assign(new EventEmitter(), { enableSandbox: () => undefined });
    hardenApp(app as Fake<never>);
    expect(app.listenerCount('certificate-error')).toBe(0);
  });
});

describe('hardenContents', () => {
  it.each(CONTENTS_EVENTS)('prevents %s', (event) => {
    const contents = new FakeContents();
    hardenContents(contents as Fake<never>);
    expect(prevented(contents, event)).toBe(true);
  });

  it('denies every new window', () => {
    const contents = new FakeContents();
    hardenContents(contents as Fake<never>);
    for (const url of ['https://example.org', 'app://holdfast/index.html', 'about:blank']) {
      expect(contents.openHandler?.({ url })).toEqual({ action: 'deny' });
    }
  });
});

describe('hardenSession', () => {
  const harden = (devTools = false): FakeSession => {
    const session = new FakeSession();
    hardenSession(session as Fake<never>, { devTools });
    return session;
  };

  it.each([
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'openExternal',
    'hid',
    'usb',
    'fileSystem',
  ])('denies the permission %s, asked or checked', (permission) => {
    const session = harden();
    const answer = vi.fn<(granted: boolean) => void>();
    session.request?.(undefined, permission, answer);
    expect(answer.mock.calls).toEqual([[false]]);
    expect(session.check?.(undefined, permission, 'app://holdfast')).toBe(false);
  });

  it('denies devices, downloads and the spell checker', () => {
    const session = harden();
    expect(session.device?.({ deviceType: 'hid' })).toBe(false);
    expect(prevented(session, 'will-download')).toBe(true);
    expect(session.spellChecker).toBe(false);
  });

  it('cancels every request but those for our own page', () => {
    const session = harden();
    const canceled = (url: string): boolean | undefined => {
      let response: { cancel?: boolean } = {};
      session.before?.({ url }, (answer) => (response = answer));
      return response.cancel;
    };
    expect(canceled('app://holdfast/index.html')).toBe(false);
    for (const url of [
      'https://example.org/',
      'http://127.0.0.1/',
      'wss://stream.bybit.com/',
      'file:///etc/passwd',
      'data:text/html,x',
      'app://holdfast.evil/',
      'app://other/',
      'devtools://devtools/bundled/x.js',
    ]) {
      expect(canceled(url), url).toBe(true);
    }
  });

  it('lets developer tools load their own pages in unpacked builds only', () => {
    expect(isOwnRequest('devtools://devtools/bundled/x.js', true)).toBe(true);
    expect(isOwnRequest('devtools://devtools/bundled/x.js', false)).toBe(false);
    expect(isOwnRequest('https://example.org/', true)).toBe(false);
  });
});

import type { App, Session, WebContents } from 'electron';
import { APP_ORIGIN } from './app-protocol.ts';

interface Cancelable {
  preventDefault(): void;
}
const deny = (event: Cancelable): void => event.preventDefault();

/**
 * Denials that hold for the whole application. Must run before `ready`: from then on every page is sandboxed,
 * and every web contents that anything ever creates is locked down before it loads.
 */
export function hardenApp(app: Pick<App, 'enableSandbox' | 'on'>): void {
  app.enableSandbox();
  app.on('web-contents-created', (_event, contents) => hardenContents(contents));
  // No page uses the network, so no server may ask the user for a certificate or a password.
  app.on('select-client-certificate', deny);
  app.on('login', deny);
}

/** One page for ever: it navigates nowhere, opens nothing and embeds nothing. */
export function hardenContents(contents: Pick<WebContents, 'on' | 'setWindowOpenHandler'>): void {
  contents.on('will-navigate', deny);
  contents.on('will-frame-navigate', deny);
  contents.on('will-redirect', deny);
  contents.on('will-attach-webview', deny);
  contents.on('select-bluetooth-device', deny);
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

type HardenedSession = Pick<
  Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setSpellCheckerEnabled'
  | 'on'
> & { readonly webRequest: Pick<Session['webRequest'], 'onBeforeRequest'> };

/**
 * No permission, device, download or request beyond our own pages. Certificates are left alone on purpose:
 * Chromium's verification is never overridden.
 *
 * @param options.devTools allows the developer tools' own pages, in unpacked builds only
 */
export function hardenSession(session: HardenedSession, options: { readonly devTools: boolean }): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // Dictionaries would be downloaded, and text typed here can be an address or an amount.
  session.setSpellCheckerEnabled(false);
  session.on('will-download', deny);
  session.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !isOwnRequest(details.url, options.devTools) });
  });
}

/** Whether the window may load this address at all. The content policy says the same a second time. */
export function isOwnRequest(url: string, devTools: boolean): boolean {
  return url.startsWith(`${APP_ORIGIN}/`) || (devTools && url.startsWith('devtools://devtools/'));
}

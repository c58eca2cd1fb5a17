import { EventEmitter } from 'node:events';
import type { Session } from 'electron';
import { notImplemented } from '../events.ts';
import { lifecycle } from '../lifecycle.ts';
import { protocol } from './protocol.ts';
import { StandInWebRequest } from './web-request.ts';
import type { StandInWebContents } from './web-contents.ts';

type RequestHandler = Parameters<Session['setPermissionRequestHandler']>[0];
type CheckHandler = Parameters<Session['setPermissionCheckHandler']>[0];
type DeviceHandler = Parameters<Session['setDevicePermissionHandler']>[0];
type DisplayMediaHandler = Parameters<Session['setDisplayMediaRequestHandler']>[0];
type Permission = Parameters<NonNullable<RequestHandler>>[1];

/** Permissions that the page can ask for here, with Chromium's name for its own setting. */
export const browserPermissions: Readonly<Partial<Record<Permission, readonly string[]>>> = {
  notifications: ['notifications'],
  geolocation: ['geolocation'],
  media: ['camera', 'microphone'],
  'display-capture': ['display-capture'],
  'clipboard-read': ['clipboard-read'],
  'clipboard-sanitized-write': ['clipboard-write'],
  midi: ['midi'],
  'persistent-storage': ['persistent-storage'],
  'idle-detection': ['idle-detection'],
  'window-management': ['window-management'],
  'local-fonts': ['local-fonts'],
  'storage-access': ['storage-access'],
};

export class StandInSession
  extends EventEmitter
  implements
    Pick<
      Session,
      | 'setPermissionRequestHandler'
      | 'setPermissionCheckHandler'
      | 'setDevicePermissionHandler'
      | 'setDisplayMediaRequestHandler'
      | 'setSpellCheckerEnabled'
      | 'isSpellCheckerEnabled'
      | 'isPersistent'
      | 'clearCache'
      | 'clearStorageData'
    >
{
  readonly protocol = protocol;
  readonly webRequest = new StandInWebRequest();
  #requestHandler: RequestHandler = null;
  #checkHandler: CheckHandler = null;
  #deviceHandler: DeviceHandler = null;
  #displayMediaHandler: DisplayMediaHandler = null;
  #spellChecker = true;

  setPermissionRequestHandler(handler: RequestHandler): void {
    this.#requestHandler = handler;
  }

  setPermissionCheckHandler(handler: CheckHandler): void {
    this.#checkHandler = handler;
  }

  /** The stand-in's Chromium has no devices to offer, so the handler is kept and never asked. */
  setDevicePermissionHandler(handler: DeviceHandler): void {
    this.#deviceHandler = handler;
  }

  setDisplayMediaRequestHandler(handler: DisplayMediaHandler): void {
    this.#displayMediaHandler = handler;
  }

  get hasDeviceHandlers(): { device: boolean; displayMedia: boolean } {
    return { device: this.#deviceHandler !== null, displayMedia: this.#displayMediaHandler !== null };
  }

  setSpellCheckerEnabled(enable: boolean): void {
    this.#spellChecker = enable;
  }

  setSpellCheckerLanguages(): void {
    // Chromium's own spell checker is off in every stand-in window.
  }

  isSpellCheckerEnabled(): boolean {
    return this.#spellChecker;
  }

  isPersistent(): boolean {
    return true;
  }

  clearCache(): Promise<void> {
    return Promise.resolve();
  }

  clearStorageData(): Promise<void> {
    return Promise.reject(notImplemented('session.clearStorageData'));
  }

  setCertificateVerifyProc(): never {
    throw notImplemented('session.setCertificateVerifyProc');
  }

  /** Without a handler Electron grants everything, and so does this. */
  requestPermission(
    webContents: StandInWebContents,
    permission: string,
    details: { requestingUrl: string; isMainFrame: boolean },
  ): Promise<boolean> {
    const handler = this.#requestHandler;
    if (!handler) return Promise.resolve(true);
    return new Promise((resolve) =>
      handler(webContents.asElectron, permission as Permission, resolve, details),
    );
  }

  checkPermission(webContents: StandInWebContents, permission: string, origin: string): boolean {
    if (!this.#checkHandler) return true;
    return this.#checkHandler(webContents.asElectron, permission as Permission, origin, {
      isMainFrame: true,
      requestingUrl: webContents.getURL(),
      securityOrigin: origin,
    });
  }
}

let defaultSession: StandInSession | undefined;

export const session = {
  get defaultSession(): StandInSession {
    lifecycle.requireReady('Session can only be received when app is ready');
    defaultSession ??= new StandInSession();
    return defaultSession;
  },
  fromPartition(): never {
    throw notImplemented('session.fromPartition');
  },
};

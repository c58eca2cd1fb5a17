import type { OnBeforeRequestListenerDetails } from 'electron';
import { protocol } from '../api/protocol.ts';
import type { StandInSession } from '../api/session.ts';
import type { CdpSession } from '../chromium/cdp.ts';
import { isMapped, mapHeader, toAppOrigin, toAppUrl, toPageUrl } from '../chromium/origin-map.ts';
import { records } from '../records.ts';

/** The parts of CDP's `Fetch.requestPaused` that matter here. */
interface PausedRequest {
  readonly requestId: string;
  readonly frameId: string;
  readonly resourceType: string;
  readonly redirectedRequestId?: string;
  readonly request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly postData?: string;
  };
}

export interface NavigationAttempt {
  readonly frameId: string;
  /** In the app's own scheme. */
  readonly url: string;
  readonly isRedirect: boolean;
}

/** Decides whether a document request may go on. */
export type NavigationPolicy = (attempt: NavigationAttempt) => Promise<boolean>;

type FailReason = 'Aborted' | 'BlockedByClient' | 'Failed';

const resourceTypes: Readonly<Record<string, OnBeforeRequestListenerDetails['resourceType']>> = {
  Document: 'mainFrame',
  Stylesheet: 'stylesheet',
  Script: 'script',
  Image: 'image',
  Font: 'font',
  Media: 'media',
  XHR: 'xhr',
  Fetch: 'xhr',
  Ping: 'ping',
  CSPViolationReport: 'cspReport',
  WebSocket: 'webSocket',
};

/**
 * Everything the page requests stops here: addresses of the app's scheme are answered by the app's protocol
 * handler, headers included, so that Chromium itself enforces the CSP; everything else is blocked and counted.
 */
export class NetworkGate {
  readonly #session: CdpSession;
  readonly #electronSession: StandInSession;
  readonly #mayNavigate: NavigationPolicy;
  readonly #webContentsId: number;
  #nextRequestId = 1;

  constructor(
    session: CdpSession,
    electronSession: StandInSession,
    webContentsId: number,
    mayNavigate: NavigationPolicy,
  ) {
    this.#session = session;
    this.#electronSession = electronSession;
    this.#webContentsId = webContentsId;
    this.#mayNavigate = mayNavigate;
  }

  async open(): Promise<void> {
    this.#session.on('Fetch.requestPaused', (paused) => {
      // A page that closes in the middle of a request is no failure.
      this.#decide(paused as PausedRequest).catch(() => undefined);
    });
    // Request interception does not see sockets; the resolver rules stop them, this counts them.
    this.#session.on('Network.webSocketCreated', ({ url }) => {
      records.blockedRequests.push({ url, kind: 'WebSocket' });
    });
    await this.#session.send('Network.enable');
    await this.#session.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
  }

  async #decide(paused: PausedRequest): Promise<void> {
    const schemes = protocol.webSchemes;
    const url = toAppUrl(paused.request.url, schemes);
    if (paused.resourceType === 'Document') {
      const isRedirect = paused.redirectedRequestId !== undefined;
      const allowed = await this.#mayNavigate({ frameId: paused.frameId, url, isRedirect });
      if (!allowed) return this.#fail(paused, 'Aborted');
    }
    const foreign = !isMapped(paused.request.url, schemes);
    if (foreign) records.blockedRequests.push({ url, kind: paused.resourceType });
    const verdict = await this.#electronSession.webRequest.askBeforeRequest(this.#details(paused, url));
    if (verdict?.cancel === true) return this.#fail(paused, 'BlockedByClient');
    if (verdict?.redirectURL !== undefined) {
      const location = toPageUrl(verdict.redirectURL, schemes);
      return this.#fulfill(paused, 307, [{ name: 'Location', value: location }], Buffer.alloc(0));
    }
    if (foreign) return this.#fail(paused, 'BlockedByClient');
    // Chromium looks for a site icon of its own accord; Electron has no tabs and does not.
    if (paused.resourceType === 'Other' && new URL(url).pathname === '/favicon.ico') {
      return this.#fulfill(paused, 204, [], Buffer.alloc(0));
    }
    await this.#serve(paused, url);
  }

  async #serve(paused: PausedRequest, url: string): Promise<void> {
    const scheme = new URL(url).protocol.slice(0, -1);
    const handler = protocol.handlerFor(scheme);
    if (!handler) return this.#fail(paused, 'Failed');
    // Interception reports fetch() as XHR, so XMLHttpRequest is refused along with it.
    if (['Fetch', 'XHR'].includes(paused.resourceType) && !protocol.supportsFetch(scheme))
      return this.#fail(paused, 'Failed');
    let response: Response;
    try {
      response = await handler(this.#toRequest(paused, url));
    } catch (error) {
      console.error(`stand-in: the protocol handler failed for ${url}:`, error);
      return this.#fail(paused, 'Failed');
    }
    if (response.type === 'error') return this.#fail(paused, 'Failed');
    await this.#respond(paused, url, response);
  }

  #toRequest(paused: PausedRequest, url: string): Request {
    const { method, headers, postData } = paused.request;
    const schemes = protocol.webSchemes;
    const mapped = Object.entries(headers).map(([name, value]): [string, string] => {
      if (name.toLowerCase() === 'origin') return [name, toAppOrigin(value, schemes)];
      return [name, name.toLowerCase() === 'referer' ? toAppUrl(value, schemes) : value];
    });
    return new Request(url, {
      method,
      headers: mapped,
      ...(postData === undefined ? {} : { body: postData }),
    });
  }

  async #respond(paused: PausedRequest, url: string, response: Response): Promise<void> {
    const received: Record<string, string[]> = {};
    for (const [name, value] of response.headers) (received[name] ??= []).push(value);
    const answer = await this.#electronSession.webRequest.askHeadersReceived({
      ...this.#details(paused, url),
      statusLine: `HTTP/1.1 ${String(response.status)} ${response.statusText}`,
      statusCode: response.status,
      responseHeaders: received,
    });
    if (answer?.cancel === true) return this.#fail(paused, 'BlockedByClient');
    const headers = Object.entries(answer?.responseHeaders ?? received).flatMap(([name, values]) =>
      (Array.isArray(values) ? values : [values]).map((value) => ({
        name,
        value: mapHeader(value, protocol.webSchemes),
      })),
    );
    await this.#fulfill(paused, response.status, headers, Buffer.from(await response.arrayBuffer()));
  }

  #details(paused: PausedRequest, url: string): OnBeforeRequestListenerDetails {
    return {
      id: this.#nextRequestId++,
      url,
      method: paused.request.method,
      webContentsId: this.#webContentsId,
      resourceType: resourceTypes[paused.resourceType] ?? 'other',
      referrer: paused.request.headers['Referer'] ?? '',
      timestamp: Date.now(),
      uploadData: [],
    };
  }

  async #fulfill(
    paused: PausedRequest,
    responseCode: number,
    responseHeaders: { name: string; value: string }[],
    body: Buffer,
  ): Promise<void> {
    await this.#session.send('Fetch.fulfillRequest', {
      requestId: paused.requestId,
      responseCode,
      responseHeaders,
      body: body.toString('base64'),
    });
  }

  async #fail(paused: PausedRequest, errorReason: FailReason): Promise<void> {
    await this.#session.send('Fetch.failRequest', { requestId: paused.requestId, errorReason });
  }
}

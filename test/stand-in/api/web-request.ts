import type {
  CallbackResponse,
  HeadersReceivedResponse,
  OnBeforeRequestListenerDetails,
  OnHeadersReceivedListenerDetails,
  WebRequestFilter,
} from 'electron';

type Listener<Details, Response> = (details: Details, callback: (response: Response) => void) => void;
type Registration<Details, Response> = {
  readonly urls: RegExp[];
  readonly listener: Listener<Details, Response>;
};

type BeforeRequest = Listener<OnBeforeRequestListenerDetails, CallbackResponse>;
type HeadersReceived = Listener<OnHeadersReceivedListenerDetails, HeadersReceivedResponse>;

/** Chromium's match patterns: scheme, host with a leading wildcard, path with wildcards. */
function patternToRegExp(pattern: string): RegExp {
  if (pattern === '<all_urls>') return /^/;
  const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`);
}

function register<Details, Response>(
  filter: WebRequestFilter | Listener<Details, Response> | null,
  listener: Listener<Details, Response> | null | undefined,
): Registration<Details, Response> | undefined {
  const chosen = typeof filter === 'function' ? filter : (listener ?? undefined);
  if (!chosen) return undefined;
  const urls = filter && typeof filter === 'object' ? filter.urls.map(patternToRegExp) : [/^/];
  return { urls, listener: chosen };
}

async function ask<Details extends { readonly url: string }, Response>(
  registration: Registration<Details, Response> | undefined,
  details: Details,
): Promise<Response | undefined> {
  if (!registration?.urls.some((pattern) => pattern.test(details.url))) return undefined;
  return new Promise((resolve) => registration.listener(details, resolve));
}

/** `session.webRequest`: one listener per stage, the last one set wins, null removes it. */
export class StandInWebRequest {
  #beforeRequest: Registration<OnBeforeRequestListenerDetails, CallbackResponse> | undefined;
  #headersReceived: Registration<OnHeadersReceivedListenerDetails, HeadersReceivedResponse> | undefined;

  onBeforeRequest(filter: WebRequestFilter | BeforeRequest | null, listener?: BeforeRequest | null): void {
    this.#beforeRequest = register(filter, listener);
  }

  onHeadersReceived(
    filter: WebRequestFilter | HeadersReceived | null,
    listener?: HeadersReceived | null,
  ): void {
    this.#headersReceived = register(filter, listener);
  }

  askBeforeRequest(details: OnBeforeRequestListenerDetails): Promise<CallbackResponse | undefined> {
    return ask(this.#beforeRequest, details);
  }

  askHeadersReceived(
    details: OnHeadersReceivedListenerDetails,
  ): Promise<HeadersReceivedResponse | undefined> {
    return ask(this.#headersReceived, details);
  }
}

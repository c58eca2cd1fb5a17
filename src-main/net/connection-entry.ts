import type { RequestEntry, SocketParts } from './types.ts';

/** What the log keeps of a connect or a loss: the path and its parameters, never the host's answer headers. */
export function connectionEntry(
  parts: SocketParts,
  address: string,
  what: Pick<RequestEntry, 'time' | 'operation' | 'outcome' | 'response' | 'flightMs'>,
): RequestEntry {
  const url = URL.parse(address);
  return {
    ...what,
    accountId: parts.accountId,
    transport: 'websocket',
    method: parts.name,
    path: url?.pathname ?? '',
    request: url?.search.slice(1) ?? '',
    status: null,
    waitedMs: 0,
  };
}

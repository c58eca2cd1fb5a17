/** Where the two message buses of a Linux desktop listen (D-Bus specification, "Server Addresses"). */

const SYSTEM_SOCKET = 'unix:path=/run/dbus/system_bus_socket';

/**
 * Socket path of the first unix address in a list such as `unix:path=/run/user/1000/bus,guid=…;tcp:…`.
 * Abstract sockets begin with NUL, as Node expects. Undefined when the list has none: TCP buses are not used.
 */
export function socketPath(addresses: string): string | undefined {
  for (const address of addresses.split(';')) {
    const [transport, rest = ''] = splitOnce(address, ':');
    if (transport !== 'unix') continue;
    const keys = new Map(rest.split(',').map((pair) => splitOnce(pair, '=')));
    const path = unescape(keys.get('path'));
    if (path !== undefined) return path;
    const abstract = unescape(keys.get('abstract'));
    if (abstract !== undefined) return `\0${abstract}`;
  }
  return undefined;
}

/** Socket of the user's session bus; undefined outside a desktop session. */
export function sessionBusPath(env: NodeJS.ProcessEnv): string | undefined {
  const address = env['DBUS_SESSION_BUS_ADDRESS'];
  if (address !== undefined && address !== '') return socketPath(address);
  const runtime = env['XDG_RUNTIME_DIR'];
  return runtime === undefined || runtime === '' ? undefined : `${runtime}/bus`;
}

/** Socket of the system bus, where logind speaks. */
export function systemBusPath(env: NodeJS.ProcessEnv): string | undefined {
  return socketPath(env['DBUS_SYSTEM_BUS_ADDRESS'] ?? SYSTEM_SOCKET);
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Values carry %XX escapes; an empty or broken one is no address. */
function unescape(value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Where Linux keeps an id that stays with the installation. Elsewhere the host name has to do. */
const MACHINE_ID_FILES = ['/etc/machine-id', '/var/lib/dbus/machine-id'];

interface Sources {
  readonly hostname: () => string;
  readonly readFile: (path: string) => string;
}

const SYSTEM: Sources = { hostname, readFile: (path) => readFileSync(path, 'utf8') };

/**
 * A stable id of this machine: 64 hex digits. Hashed, because a machine's own id is not to be handed on as it
 * is. Never throws; without a readable machine id it rests on the host name alone.
 */
export function deviceId(sources: Sources = SYSTEM): string {
  const parts = ['holdfast/device/v1', sources.hostname(), machineId(sources) ?? ''];
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

function machineId({ readFile }: Sources): string | null {
  for (const path of MACHINE_ID_FILES) {
    try {
      const text = readFile(path).trim();
      if (text !== '') return text;
    } catch {
      // Not there or not for us: the next one.
    }
  }
  return null;
}

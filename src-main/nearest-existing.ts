import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

/** The path itself, or the closest folder above it that is there. */
export function nearestExisting(path: string, exists: (path: string) => boolean = existsSync): string {
  const above = dirname(path);
  return exists(path) || above === path ? path : nearestExisting(above, exists);
}

import type { App } from 'electron';

/**
 * Two instances would write one vault. Answers false when another one holds the lock: then this one must quit
 * at once. The other is told, and comes to the front.
 */
export function becomeOnlyInstance(
  app: Pick<App, 'requestSingleInstanceLock' | 'on'>,
  onSecondStart: () => void,
): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', () => onSecondStart());
  return true;
}

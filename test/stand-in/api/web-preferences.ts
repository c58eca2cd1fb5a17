import { isAbsolute } from 'node:path';
import type { WebPreferences } from 'electron';

/**
 * The stand-in has only one kind of window: sandboxed, isolated, without Node. An app that asks for another
 * would run here with less than it asked for and on Electron with less protection, so it is refused.
 */
export function checkWebPreferences(
  preferences: WebPreferences,
  sandboxForced: boolean,
): { preload: string | undefined } {
  const refusals: [boolean | undefined, string][] = [
    [preferences.nodeIntegration, 'nodeIntegration'],
    [preferences.nodeIntegrationInWorker, 'nodeIntegrationInWorker'],
    [preferences.nodeIntegrationInSubFrames, 'nodeIntegrationInSubFrames'],
    [preferences.webviewTag, 'webviewTag'],
    [preferences.allowRunningInsecureContent, 'allowRunningInsecureContent'],
    [preferences.experimentalFeatures, 'experimentalFeatures'],
    [preferences.contextIsolation === false, 'contextIsolation: false'],
    [preferences.webSecurity === false, 'webSecurity: false'],
    [preferences.sandbox === false && !sandboxForced, 'sandbox: false'],
    [preferences.enableBlinkFeatures !== undefined, 'enableBlinkFeatures'],
  ];
  const refused = refusals.filter(([present]) => present === true).map(([, name]) => name);
  if (refused.length > 0) {
    throw new Error(`The stand-in runs no window with webPreferences ${refused.join(', ')}`);
  }
  const { preload } = preferences;
  if (preload !== undefined && !isAbsolute(preload)) {
    throw new Error(`preload script must have absolute path: ${preload}`);
  }
  return { preload };
}

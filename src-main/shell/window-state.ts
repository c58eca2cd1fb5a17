import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Position and size in device-independent pixels; without x and y the system places the window. */
export interface WindowState {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const MIN_WIDTH = 1024;
export const MIN_HEIGHT = 640;
export const DEFAULT_STATE: WindowState = { width: 1440, height: 900, maximized: false };

/** So much of the window must lie on a screen that its title bar can be grabbed. */
const REACHABLE_WIDTH = 120;
const REACHABLE_HEIGHT = 40;

/** What was stored, or the default: the file is the user's and may hold anything. */
export function parseWindowState(text: string): WindowState {
  try {
    const value = JSON.parse(text) as Partial<Record<keyof WindowState, unknown>> | null;
    const { x, y, width, height } = value ?? {};
    if (!isPixels(width) || !isPixels(height)) return DEFAULT_STATE;
    const place = isPixels(x) && isPixels(y) ? { x, y } : {};
    return { ...place, width, height, maximized: value?.maximized === true };
  } catch {
    return DEFAULT_STATE;
  }
}

const isPixels = (value: unknown): value is number =>
  Number.isInteger(value) && Math.abs(value as number) < 100_000;

/**
 * The state made to fit the screens of today: never smaller than the layout needs where the screen allows,
 * never larger than its screen, and in the middle when its old place is gone.
 *
 * @param workAreas areas of the screens without bars and docks, at least one, the primary first
 */
export function fitToScreens(state: WindowState, workAreas: readonly Area[]): WindowState {
  const home = workAreas.find((area) => isReachable(state, area));
  const area = home ?? workAreas[0];
  if (area === undefined) return { ...DEFAULT_STATE, maximized: state.maximized };
  const width = Math.min(Math.max(state.width, MIN_WIDTH), area.width);
  const height = Math.min(Math.max(state.height, MIN_HEIGHT), area.height);
  if (home === undefined || state.x === undefined || state.y === undefined) {
    return { width, height, maximized: state.maximized };
  }
  const x = Math.min(Math.max(state.x, area.x), area.x + area.width - width);
  const y = Math.min(Math.max(state.y, area.y), area.y + area.height - height);
  return { x, y, width, height, maximized: state.maximized };
}

function isReachable({ x, y, width }: WindowState, area: Area): boolean {
  if (x === undefined || y === undefined) return false;
  const overlap = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  const titleOnScreen = y >= area.y - REACHABLE_HEIGHT && y <= area.y + area.height - REACHABLE_HEIGHT;
  return overlap >= REACHABLE_WIDTH && titleOnScreen;
}

/** Keeps the state in a small file. A window that forgets its place is no reason to fail: errors are ignored. */
export class WindowStateFile {
  readonly #path: string;
  constructor(path: string) {
    this.#path = path;
  }

  load(): WindowState {
    try {
      return parseWindowState(readFileSync(this.#path, 'utf8'));
    } catch {
      return DEFAULT_STATE;
    }
  }

  save(state: WindowState): void {
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      writeFileSync(`${this.#path}.new`, JSON.stringify(state));
      renameSync(`${this.#path}.new`, this.#path);
    } catch {
      // A full or read-only disk; the default place serves as well.
    }
  }
}

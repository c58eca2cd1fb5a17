import { EventEmitter } from 'node:events';
import type { Point, Rectangle, Screen } from 'electron';

interface StandInDisplay {
  readonly id: number;
  readonly label: string;
  readonly bounds: Rectangle;
  readonly workArea: Rectangle;
  readonly size: { width: number; height: number };
  readonly workAreaSize: { width: number; height: number };
  readonly scaleFactor: number;
  readonly rotation: 0;
  readonly internal: boolean;
}

/** One display, large enough for every window a test opens. `HOLDFAST_STANDIN_SCREEN=1920x1080` changes it. */
function onlyDisplay(): StandInDisplay {
  const match = /^(\d+)x(\d+)$/.exec(process.env['HOLDFAST_STANDIN_SCREEN'] ?? '');
  const size = { width: Number(match?.[1] ?? 3840), height: Number(match?.[2] ?? 2160) };
  const bounds = { x: 0, y: 0, ...size };
  return {
    id: 1,
    label: 'Stand-in display',
    bounds,
    workArea: bounds,
    size,
    workAreaSize: size,
    scaleFactor: 1,
    rotation: 0,
    internal: false,
  };
}

class StandInScreen extends EventEmitter implements Pick<Screen, 'getCursorScreenPoint'> {
  readonly #display = onlyDisplay();

  getPrimaryDisplay(): StandInDisplay {
    return this.#display;
  }

  getAllDisplays(): StandInDisplay[] {
    return [this.#display];
  }

  getDisplayMatching(): StandInDisplay {
    return this.#display;
  }

  getDisplayNearestPoint(): StandInDisplay {
    return this.#display;
  }

  getCursorScreenPoint(): Point {
    return { x: 0, y: 0 };
  }
}

export const screen = new StandInScreen();

import { EventEmitter } from 'node:events';
import type { WebFrameMain } from 'electron';

let nextTreeNodeId = 1;

/** One frame of a page, as main sees it: with the addresses of the app's own scheme. */
export class StandInWebFrameMain
  extends EventEmitter
  implements
    Pick<
      WebFrameMain,
      'url' | 'origin' | 'name' | 'frameToken' | 'frameTreeNodeId' | 'routingId' | 'processId' | 'isDestroyed'
    >
{
  readonly frameToken: string;
  readonly frameTreeNodeId: number;
  readonly routingId: number;
  readonly processId = 1;
  readonly osProcessId = process.pid;
  readonly parent: StandInWebFrameMain | null;
  readonly frames: StandInWebFrameMain[] = [];
  readonly detached = false;
  url = '';
  origin = 'null';
  name = '';
  #destroyed = false;

  constructor(token: string, parent: StandInWebFrameMain | null) {
    super();
    this.frameToken = token;
    this.parent = parent;
    this.frameTreeNodeId = nextTreeNodeId++;
    this.routingId = this.frameTreeNodeId;
    parent?.frames.push(this);
  }

  get top(): StandInWebFrameMain | null {
    return this.parent ? this.parent.top : this;
  }

  get framesInSubtree(): StandInWebFrameMain[] {
    return [this, ...this.frames.flatMap((frame) => frame.framesInSubtree)];
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  /** The frame left the page; its subtree goes with it. */
  destroy(): void {
    this.#destroyed = true;
    for (const frame of this.frames.splice(0)) frame.destroy();
    const siblings = this.parent?.frames;
    const at = siblings?.indexOf(this) ?? -1;
    if (at >= 0) siblings?.splice(at, 1);
  }
}

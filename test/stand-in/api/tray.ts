import { EventEmitter } from 'node:events';
import type { Tray as ElectronTray } from 'electron';
import { createEvent } from '../events.ts';
import { lifecycle } from '../lifecycle.ts';
import { records } from '../records.ts';
import type { Menu } from './menu.ts';
import { nativeImage, type StandInNativeImage } from './native-image.ts';

type Surface = Pick<
  ElectronTray,
  'destroy' | 'isDestroyed' | 'setTitle' | 'setToolTip' | 'setIgnoreDoubleClickEvents' | 'getBounds'
>;

/** A tray icon that no desktop shows; the test control reads its text and clicks its menu. */
export class Tray extends EventEmitter implements Surface {
  #image: StandInNativeImage;
  #menu: Menu | null = null;
  #toolTip = '';
  #title = '';
  #destroyed = false;

  constructor(image: StandInNativeImage | string) {
    super();
    lifecycle.requireReady('Cannot create Tray before app is ready');
    this.#image = toImage(image);
    records.trays.push(this);
  }

  get contextMenu(): Menu | null {
    return this.#menu;
  }

  get toolTip(): string {
    return this.#toolTip;
  }

  get image(): StandInNativeImage {
    return this.#image;
  }

  setImage(image: StandInNativeImage | string): void {
    this.#requireAlive();
    this.#image = toImage(image);
  }

  setPressedImage(): void {
    this.#requireAlive();
  }

  setToolTip(toolTip: string): void {
    this.#requireAlive();
    this.#toolTip = toolTip;
  }

  setTitle(title: string): void {
    this.#requireAlive();
    this.#title = title;
  }

  getTitle(): string {
    return this.#title;
  }

  setContextMenu(menu: Menu | null): void {
    this.#requireAlive();
    this.#menu = menu;
  }

  popUpContextMenu(): void {
    this.#requireAlive();
  }

  setIgnoreDoubleClickEvents(): void {
    this.#requireAlive();
  }

  getBounds(): { x: number; y: number; width: number; height: number } {
    return { x: 0, y: 0, width: 0, height: 0 };
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  destroy(): void {
    this.#destroyed = true;
    const at = records.trays.indexOf(this);
    if (at >= 0) records.trays.splice(at, 1);
  }

  /** What the desktop does when the user clicks the icon. */
  simulateClick(): void {
    this.emit(
      'click',
      createEvent({ altKey: false, shiftKey: false, ctrlKey: false, metaKey: false }),
      this.getBounds(),
    );
  }

  #requireAlive(): void {
    if (this.#destroyed) throw new TypeError('Tray is destroyed');
  }
}

function toImage(image: StandInNativeImage | string): StandInNativeImage {
  const result = typeof image === 'string' ? nativeImage.createFromPath(image) : image;
  if (result.isEmpty())
    throw new Error(`Failed to load image${typeof image === 'string' ? ` from path '${image}'` : ''}`);
  return result;
}

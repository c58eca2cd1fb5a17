import { readFileSync } from 'node:fs';
import type { NativeImage } from 'electron';

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

type Surface = Pick<NativeImage, 'isEmpty' | 'getSize' | 'setTemplateImage' | 'isTemplateImage'>;

/** Keeps the bytes of a PNG and reads its size; nothing is ever drawn from it. */
export class StandInNativeImage implements Surface {
  readonly #png: Buffer;
  #template = false;

  constructor(data: Buffer) {
    this.#png = data.subarray(0, 8).equals(pngSignature) ? data : Buffer.alloc(0);
  }

  isEmpty(): boolean {
    return this.#png.length === 0;
  }

  getSize(): { width: number; height: number } {
    if (this.isEmpty()) return { width: 0, height: 0 };
    return { width: this.#png.readUInt32BE(16), height: this.#png.readUInt32BE(20) };
  }

  toPNG(): Buffer {
    return Buffer.from(this.#png);
  }

  toDataURL(): string {
    return `data:image/png;base64,${this.#png.toString('base64')}`;
  }

  /** The original size: there is no desktop to scale for. */
  resize(): StandInNativeImage {
    return this;
  }

  setTemplateImage(option: boolean): void {
    this.#template = option;
  }

  isTemplateImage(): boolean {
    return this.#template;
  }

  addRepresentation(): void {
    // Further scale factors of the same picture.
  }
}

export const nativeImage = {
  createEmpty: (): StandInNativeImage => new StandInNativeImage(Buffer.alloc(0)),
  createFromBuffer: (buffer: Buffer): StandInNativeImage => new StandInNativeImage(buffer),
  createFromDataURL: (url: string): StandInNativeImage =>
    new StandInNativeImage(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')),
  /** Empty when the file is missing or no picture, as documented. */
  createFromPath(path: string): StandInNativeImage {
    try {
      return new StandInNativeImage(readFileSync(path));
    } catch {
      return nativeImage.createEmpty();
    }
  },
};

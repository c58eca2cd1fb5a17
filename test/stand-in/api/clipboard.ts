import type { Clipboard } from 'electron';

type Payload = string | Blob | Buffer | { title: string; url: string };

/** One entry of the clipboard: payloads by MIME type or by Electron's custom formats. */
export class ClipboardItem {
  readonly #items: ReadonlyMap<string, Payload | Promise<Payload>>;

  constructor(items: Record<string, Payload | Promise<Payload>>) {
    const entries = Object.entries(items);
    if (entries.length === 0) throw new TypeError('ClipboardItem needs at least one entry');
    this.#items = new Map(entries);
  }

  get types(): string[] {
    return [...this.#items.keys()];
  }

  async getType(type: string): Promise<Blob | { title: string; url: string }> {
    const payload = await this.#items.get(type);
    if (payload === undefined) throw new Error(`The type '${type}' was not found`);
    if (payload instanceof Blob) return payload;
    if (typeof payload === 'string') return new Blob([payload], { type });
    if (Buffer.isBuffer(payload)) return new Blob([Uint8Array.from(payload)], { type });
    return payload;
  }
}

/** The asynchronous clipboard of Electron 44 and newer, private to this process. */
export class StandInClipboard implements Omit<Clipboard, 'selection' | 'read' | 'write'> {
  #items: ClipboardItem[] = [];

  clear(): void {
    this.#items = [];
  }

  async has(mimetype: string): Promise<boolean> {
    return this.#items.some((item) => item.types.includes(mimetype));
  }

  async read(): Promise<ClipboardItem[]> {
    return [...this.#items];
  }

  async readText(): Promise<string> {
    const item = this.#items.find(({ types }) => types.includes('text/plain'));
    const payload = await item?.getType('text/plain');
    return payload instanceof Blob ? payload.text() : '';
  }

  /** All entries are replaced at once, or none when one payload fails. */
  async write(data: ClipboardItem[]): Promise<void> {
    if (!Array.isArray(data) || !data.every((item) => item instanceof ClipboardItem)) {
      throw new TypeError('clipboard.write expects an array of ClipboardItem');
    }
    for (const item of data) for (const type of item.types) await item.getType(type);
    this.#items = [...data];
  }

  async writeText(text: string): Promise<void> {
    if (typeof text !== 'string') throw new TypeError('writeText expects a string');
    this.#items = [new ClipboardItem({ 'text/plain': text })];
  }
}

export const clipboard = Object.assign(new StandInClipboard(), {
  /** The selection clipboard exists on Linux only. */
  selection: process.platform === 'linux' ? new StandInClipboard() : undefined,
});

import type { Notification, NotificationConstructorOptions } from 'electron';

export interface NotificationRequest {
  readonly title: string;
  readonly body: string;
  /** Called when the person clicks it. */
  readonly onClick?: () => void;
}

export interface NotificationParts {
  readonly isSupported: () => boolean;
  readonly create: (options: NotificationConstructorOptions) => Pick<Notification, 'show' | 'close' | 'on'>;
  readonly icon: string;
}

const MAX_TITLE = 80;
const MAX_BODY = 240;
/** Older ones are closed: a market that runs through twenty alerts must not bury the desktop. */
const MAX_OPEN = 10;

/**
 * Native notifications. Text can hold names from a venue, and some desktops render a subset of HTML, so it is
 * reduced to one plain line. What is open is kept referenced: a collected notification loses its click.
 */
export class Notifications {
  readonly #parts: NotificationParts;
  readonly #open: Pick<Notification, 'show' | 'close' | 'on'>[] = [];

  constructor(parts: NotificationParts) {
    this.#parts = parts;
  }

  /** Shows one; false when the desktop has no notifications (the in-app log has everything anyway). */
  show({ title, body, onClick }: NotificationRequest): boolean {
    if (!this.#parts.isSupported()) return false;
    const notification = this.#parts.create({
      title: plainLine(title, MAX_TITLE),
      body: plainLine(body, MAX_BODY),
      icon: this.#parts.icon,
    });
    if (onClick !== undefined) notification.on('click', onClick);
    notification.on('close', () => this.#forget(notification));
    this.#open.push(notification);
    while (this.#open.length > MAX_OPEN) this.#open.shift()?.close();
    notification.show();
    return true;
  }

  /** Closes what is still open: on lock, because bodies can hold amounts, and on quit. */
  closeAll(): void {
    for (const notification of this.#open.splice(0)) notification.close();
  }

  dispose(): void {
    this.closeAll();
  }

  #forget(notification: Pick<Notification, 'show'>): void {
    const index = this.#open.findIndex((open) => open === notification);
    if (index >= 0) this.#open.splice(index, 1);
  }
}

/** One line without control characters, direction overrides or markup, cut to a length. */
export function plainLine(text: string, length: number): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/</g, '‹')
    .replace(/>/g, '›')
    .replace(/&/g, '＆')
    .trim();
  const characters = [...line];
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`;
}

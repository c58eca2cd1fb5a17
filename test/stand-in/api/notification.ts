import { EventEmitter } from 'node:events';
import type { Notification as ElectronNotification, NotificationConstructorOptions } from 'electron';
import { createEvent } from '../events.ts';
import { lifecycle } from '../lifecycle.ts';
import { records } from '../records.ts';

type Surface = Pick<
  ElectronNotification,
  'show' | 'close' | 'title' | 'subtitle' | 'body' | 'silent' | 'urgency'
>;

let nextId = 1;

/** A notification that no desktop shows; the test control lists it, clicks it and closes it. */
export class Notification extends EventEmitter implements Surface {
  readonly id = String(nextId++);
  title: string;
  subtitle: string;
  body: string;
  silent: boolean;
  urgency: 'normal' | 'critical' | 'low';
  #shown = false;

  constructor(options: NotificationConstructorOptions = {}) {
    super();
    lifecycle.requireReady('Cannot create Notification before app is ready');
    this.title = options.title ?? '';
    this.subtitle = options.subtitle ?? '';
    this.body = options.body ?? '';
    this.silent = options.silent ?? false;
    this.urgency = options.urgency ?? 'normal';
  }

  static isSupported(): boolean {
    return true;
  }

  get shown(): boolean {
    return this.#shown;
  }

  /** Shown at once; the event follows, as the desktop's answer does. */
  show(): void {
    this.#shown = true;
    records.notifications.push(this);
    setImmediate(() => this.emit('show', createEvent({})));
  }

  close(): void {
    if (!this.#shown) return;
    this.#shown = false;
    setImmediate(() => this.emit('close', createEvent({ reason: 'applicationHidden' })));
  }

  simulateClick(): void {
    this.emit('click', createEvent({}));
  }
}

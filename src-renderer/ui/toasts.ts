import { shallowReactive } from 'vue';
import { announce } from '../lib/announce.ts';

export interface ToastOptions {
  readonly tone: 'neutral' | 'success' | 'warn' | 'danger';
  readonly title: string;
  readonly text?: string;
  readonly actionLabel?: string;
  readonly onAction?: () => void;
}

export interface Toast extends ToastOptions {
  readonly id: number;
}

/** Long enough to read twice; what went wrong stays until it is dismissed. */
const STAY_MS = 6000;
/** More would cover the orders and the ticket that they speak of. */
const MOST = 3;

const toasts = shallowReactive<Toast[]>([]);
const timers = new Map<number, ReturnType<typeof setTimeout>>();
let made = 0;

function dismiss(id: number): void {
  const at = toasts.findIndex((toast) => toast.id === id);
  if (at >= 0) toasts.splice(at, 1);
  release(id);
}

function release(id: number): void {
  const timer = timers.get(id);
  if (timer !== undefined) clearTimeout(timer);
  timers.delete(id);
}

function linger(toast: Toast): void {
  release(toast.id);
  if (toast.tone === 'danger') return;
  timers.set(
    toast.id,
    setTimeout(() => dismiss(toast.id), STAY_MS),
  );
}

function show(options: ToastOptions): number {
  made += 1;
  const toast: Toast = { ...options, id: made };
  toasts.push(toast);
  const oldest = toasts.length > MOST ? toasts[0] : undefined;
  if (oldest !== undefined) dismiss(oldest.id);
  linger(toast);
  announce(
    [options.title, options.text].filter(Boolean).join('. '),
    options.tone === 'danger' ? 'assertive' : 'polite',
  );
  return toast.id;
}

/** Short messages in the corner, spoken as well. */
export function useToasts() {
  return {
    toasts: toasts as readonly Toast[],
    show,
    dismiss,
    /** While the pointer or the focus is on it, it stays. */
    hold: (toast: Toast) => {
      release(toast.id);
    },
    linger,
    clear: () => {
      for (const toast of [...toasts]) dismiss(toast.id);
    },
  };
}

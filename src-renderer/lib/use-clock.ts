import { shallowRef, type Ref } from 'vue';

const now = shallowRef(Date.now());
let timer: ReturnType<typeof setInterval> | null = null;

/** The time, ms UTC, ticking once a second: one timer for every age on the screen. */
export function useClock(): Readonly<Ref<number>> {
  // A window that slept, or a clock nobody used for a while, must not start with an old time.
  now.value = Date.now();
  timer ??= setInterval(() => {
    now.value = Date.now();
  }, 1000);
  return now;
}

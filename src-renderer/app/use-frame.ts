import { ref } from 'vue';

const paletteOpen = ref(false);
const hotkeysOpen = ref(false);

/** What is open above the views; one window, so one state. */
export function useFrame() {
  return {
    paletteOpen,
    hotkeysOpen,
    focusView: () => document.getElementById('view')?.focus(),
  };
}

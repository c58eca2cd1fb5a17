import { reactive } from 'vue';

export type Politeness = 'polite' | 'assertive';

/** What the two live regions of the frame say. Two slots each: the same text twice in a row is said twice. */
export const spoken = reactive<Record<Politeness, { text: string; turn: number }>>({
  polite: { text: '', turn: 0 },
  assertive: { text: '', turn: 0 },
});

/** Says a text through the screen reader: fills, rejections, alerts, connection changes. Never ticks. */
export function announce(text: string, politeness: Politeness = 'polite'): void {
  spoken[politeness].text = text;
  spoken[politeness].turn += 1;
}

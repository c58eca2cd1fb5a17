/**
 * Where a figure starts to differ from what stood there before: the index of the first changed character, or
 * -1 when nothing changed. Figures are compared from the left and only when they have the same length; after a
 * change of length every digit has moved, so all of it changed.
 */
export function firstChange(before: string, after: string): number {
  if (before === after) return -1;
  if (before.length !== after.length) return 0;
  for (let index = 0; index < after.length; index += 1) {
    if (before[index] !== after[index]) return index;
  }
  return -1;
}

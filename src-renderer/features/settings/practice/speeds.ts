/** Speeds that the slider offers: each step is felt, from as it was to as fast as possible. */
export const SPEEDS = [1, 2, 5, 10, 20, 50, 100] as const;

/** The seed is an unsigned 32-bit number. */
export const MAX_SEED = 4_294_967_295;

/** Position of the offered speed that is nearest to the one in force (a command line may have set any). */
export function speedIndex(speed: number): number {
  let best = 0;
  SPEEDS.forEach((offered, index) => {
    if (Math.abs(offered - speed) < Math.abs((SPEEDS[best] ?? 1) - speed)) best = index;
  });
  return best;
}

export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
}

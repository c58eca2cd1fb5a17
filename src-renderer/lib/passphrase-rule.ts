/** The vault's minimum length, in characters. Length is the only rule: composition rules make weaker secrets. */
export const MIN_PASSPHRASE = 10;

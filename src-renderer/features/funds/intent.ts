/** A new id for one wish of a person. Sent again with the same id, a transfer or withdrawal is the same one. */
export const newIntent = (): string => crypto.randomUUID();

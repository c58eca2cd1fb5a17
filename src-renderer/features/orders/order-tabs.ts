/** The tabs of the orders page, from what needs a hand to what only has to be read. */
export const ORDER_TABS = ['working', 'attention', 'history', 'fills', 'reconciliation'] as const;
export type OrderTab = (typeof ORDER_TABS)[number];

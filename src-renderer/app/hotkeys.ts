/** What the sheet behind `?` lists. The keys themselves are bound by the views that carry them out. */
export const HOTKEYS = [
  {
    name: 'window',
    keys: [
      { what: 'palette', keys: ['Ctrl+K'] },
      { what: 'killSwitch', keys: ['Shift+Esc'] },
      { what: 'lock', keys: ['Ctrl+L'] },
      { what: 'hideAmounts', keys: ['.'] },
      { what: 'places', keys: ['Alt+1', 'Alt+8'] },
      { what: 'sheet', keys: ['?'] },
      { what: 'leave', keys: ['Esc'] },
    ],
  },
  {
    name: 'trading',
    keys: [
      { what: 'buySell', keys: ['B', 'S'] },
      { what: 'size', keys: ['1', '2', '3', '4'] },
      { what: 'review', keys: ['Enter'] },
      { what: 'market', keys: ['/'] },
      { what: 'cancel', keys: ['X'] },
      { what: 'cancelAll', keys: ['Shift+X'] },
    ],
  },
  {
    name: 'lists',
    keys: [
      { what: 'move', keys: ['↑', '↓'] },
      { what: 'ends', keys: ['Home', 'End'] },
      { what: 'open', keys: ['Enter'] },
    ],
  },
] as const;

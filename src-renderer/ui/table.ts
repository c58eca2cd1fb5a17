/** One column of UiTable. */
export interface TableColumn {
  readonly key: string;
  /** Already translated. */
  readonly label: string;
  readonly align?: 'start' | 'end';
  /** CSS width, for example "120px" or "20%". */
  readonly width?: string;
  readonly sortable?: boolean;
  /** The column is left out while the table is narrower than so many pixels. */
  readonly hideBelow?: number;
  /** The heading is for screen readers only (a column of buttons). */
  readonly quiet?: boolean;
}

export interface TableSort {
  readonly key: string;
  readonly direction: 'ascending' | 'descending';
}

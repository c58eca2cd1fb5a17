/** One choice of a select, a segmented control or a combobox. */
export interface SelectOption<T extends string = string> {
  readonly value: T;
  /** Already translated. */
  readonly label: string;
  readonly hint?: string;
  readonly disabled?: boolean;
}

/** The figure that "why this number" was asked about. */
export type WhySubject =
  | { readonly kind: 'total' }
  | { readonly kind: 'account'; readonly accountId: string }
  | {
      readonly kind: 'asset';
      readonly asset: string;
      /** In this account alone; absent = in all that count. */
      readonly accountId?: string | undefined;
    };

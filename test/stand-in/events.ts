/** The event object that Electron passes first: handlers may refuse the default action. */
export type PreventableEvent<Extra extends object = object> = Extra & {
  readonly defaultPrevented: boolean;
  preventDefault(): void;
};

export function createEvent<Extra extends object>(extra: Extra): PreventableEvent<Extra> {
  let prevented = false;
  return Object.defineProperties(extra, {
    defaultPrevented: { get: () => prevented, enumerable: true },
    preventDefault: {
      value: () => {
        prevented = true;
      },
    },
  }) as PreventableEvent<Extra>;
}

/** For parts of Electron that Holdfast does not use: failing loudly beats doing nothing. */
export function notImplemented(name: string): Error {
  return new Error(`The stand-in does not implement ${name}; add it to test/stand-in or do without.`);
}

import { onScopeDispose, shallowReactive, toValue, watch, type MaybeRefOrGetter } from 'vue';

export interface Command {
  /** Stable id, unique in the window. */
  readonly id: string;
  /** Already translated. */
  readonly title: string;
  /** Shown beside it, for example "Ctrl+K" or "Shift+X". */
  readonly keys?: string;
  /** Heading it stands under, already translated. */
  readonly group: string;
  readonly run: () => void;
}

const registered = shallowReactive(new Map<string, Command>());

/**
 * Offers commands in the palette for as long as the calling component lives. A getter is followed: titles change
 * with the language, lists with what there is. A later command replaces its namesake.
 */
export function registerCommands(commands: MaybeRefOrGetter<readonly Command[]>): void {
  let own: readonly Command[] = [];
  const withdraw = (): void => {
    for (const command of own) if (registered.get(command.id) === command) registered.delete(command.id);
  };
  watch(
    () => toValue(commands),
    (next) => {
      withdraw();
      own = next;
      for (const command of own) registered.set(command.id, command);
    },
    { immediate: true },
  );
  onScopeDispose(withdraw);
}

/** All commands on offer, in the order they were registered. */
export const allCommands = (): readonly Command[] => [...registered.values()];

import { onScopeDispose, shallowReactive } from 'vue';

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

/** Offers commands in the palette for as long as the calling component lives. A later one replaces its namesake. */
export function registerCommands(commands: readonly Command[]): void {
  for (const command of commands) registered.set(command.id, command);
  onScopeDispose(() => {
    for (const command of commands) {
      if (registered.get(command.id) === command) registered.delete(command.id);
    }
  });
}

/** All commands on offer, in the order they were registered. */
export const allCommands = (): readonly Command[] => [...registered.values()];

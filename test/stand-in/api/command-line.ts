import type { CommandLine } from 'electron';

/** `app.commandLine`: Chromium's switches, seeded from the process arguments. */
export class StandInCommandLine implements CommandLine {
  readonly #switches = new Map<string, string>();

  constructor(args: readonly string[]) {
    for (const arg of args) {
      const match = /^--([^=]+)(?:=(.*))?$/s.exec(arg);
      if (match?.[1] !== undefined) this.#switches.set(match[1], match[2] ?? '');
    }
  }

  appendArgument(): void {
    // Arguments to Chromium itself: the stand-in decides those.
  }

  appendSwitch(name: string, value = ''): void {
    this.#switches.set(name, value);
  }

  getSwitchValue(name: string): string {
    return this.#switches.get(name) ?? '';
  }

  hasSwitch(name: string): boolean {
    return this.#switches.has(name);
  }

  removeSwitch(name: string): void {
    this.#switches.delete(name);
  }
}

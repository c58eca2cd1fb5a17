import type {
  MessageBoxOptions,
  MessageBoxReturnValue,
  OpenDialogOptions,
  OpenDialogReturnValue,
  SaveDialogOptions,
  SaveDialogReturnValue,
} from 'electron';
import { lifecycle } from '../lifecycle.ts';
import { records, type DialogAnswer, type DialogRecord } from '../records.ts';

type Args<Options> = [options: Options] | [window: object, options: Options];

function optionsOf<Options>(args: Args<Options>): Options {
  return args.length === 2 ? args[1] : args[0];
}

/** Takes the first prepared answer of the kind; without one the user has, as it were, pressed Escape. */
function answer<Kind extends DialogAnswer['kind']>(
  kind: Kind,
  options: unknown,
): Extract<DialogAnswer, { kind: Kind }> | undefined {
  const at = records.dialogAnswers.findIndex((prepared) => prepared.kind === kind);
  const [found] = at < 0 ? [] : records.dialogAnswers.splice(at, 1);
  record({ kind, options, answered: found !== undefined });
  return found as Extract<DialogAnswer, { kind: Kind }> | undefined;
}

function record(entry: DialogRecord): void {
  lifecycle.requireReady('dialog module can only be used after app is ready');
  records.dialogs.push(entry);
}

export const dialog = {
  async showOpenDialog(...args: Args<OpenDialogOptions>): Promise<OpenDialogReturnValue> {
    const found = answer('open', optionsOf(args));
    return { canceled: !found, filePaths: found?.filePaths ?? [] };
  },

  async showSaveDialog(...args: Args<SaveDialogOptions>): Promise<SaveDialogReturnValue> {
    const found = answer('save', optionsOf(args));
    return { canceled: !found, filePath: found?.filePath ?? '' };
  },

  async showMessageBox(...args: Args<MessageBoxOptions>): Promise<MessageBoxReturnValue> {
    const options = optionsOf(args);
    const found = answer('message', options);
    return {
      response: found?.response ?? options.cancelId ?? 0,
      checkboxChecked: found?.checkboxChecked ?? options.checkboxChecked ?? false,
    };
  },

  /** The only dialog allowed before ready, where Electron writes it to stderr as well. */
  showErrorBox(title: string, content: string): void {
    records.dialogs.push({ kind: 'error', options: { title, content }, answered: true });
    console.error(`${title}\n${content}`);
  },
};

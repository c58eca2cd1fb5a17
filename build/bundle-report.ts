/** Build plugin: notes what each chunk weighs and which modules make it heavy, for `build/bundle-size.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

export interface ChunkReport {
  readonly file: string;
  /** True for what the window loads before it can show anything. */
  readonly entry: boolean;
  readonly imports: readonly string[];
  readonly modules: readonly { readonly id: string; readonly bytes: number }[];
}

export interface BundleReport {
  readonly name: string;
  readonly chunks: readonly ChunkReport[];
  readonly assets: readonly string[];
}

/** Reports lie beside the bundles, not in them: they must not be packed. */
export const REPORT_FOLDER = 'out/report';

export function bundleReport(name: 'main' | 'preload' | 'renderer'): Plugin {
  return {
    name: 'holdfast:bundle-report',
    apply: 'build',
    generateBundle(_options, bundle) {
      const outputs = Object.values(bundle);
      const chunks = outputs.flatMap((output): ChunkReport[] =>
        output.type === 'asset'
          ? []
          : [
              {
                file: output.fileName,
                entry: output.isEntry,
                imports: output.imports,
                modules: Object.entries(output.modules).map(([id, module]) => ({
                  id,
                  bytes: module.renderedLength,
                })),
              },
            ],
      );
      const assets = outputs.flatMap((output) => (output.type === 'asset' ? [output.fileName] : []));
      mkdirSync(REPORT_FOLDER, { recursive: true });
      const report: BundleReport = { name, chunks, assets };
      writeFileSync(join(REPORT_FOLDER, `${name}.json`), JSON.stringify(report));
    },
  };
}

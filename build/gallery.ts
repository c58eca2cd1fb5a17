/**
 * `npm run gallery`: pictures of every view in every state, in three sizes and both themes, into out/gallery/ with
 * a page to look at them. `npm run gallery -- trade portfolio` makes those views alone; `--size 1440x900` and
 * `--theme dark` narrow it down; `--strict` fails when the console of a picture says anything.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  GALLERY_SIZES,
  GALLERY_THEMES,
  GALLERY_VIEWS,
  galleryShots,
  shotName,
  type GalleryShot,
} from '../test/e2e/gallery-shots.ts';
import { startHarness, type Harness } from '../test/e2e/renderer-harness.ts';
import { ROOT } from './run-tool.ts';

/** Long enough for skeletons (300 ms) and first answers, short enough for five hundred pictures. */
const SETTLE_MS = 500;
const AT_ONCE = 3;

interface Picture {
  readonly file: string;
  readonly shot: GalleryShot;
  readonly theme: 'dark' | 'light';
  readonly size: { readonly width: number; readonly height: number };
}

function readArguments(args: readonly string[]) {
  const value = (name: string): string | undefined => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : args[at + 1];
  };
  const size = value('--size');
  const theme = value('--theme');
  const names = args.filter((arg) => !arg.startsWith('--') && arg !== size && arg !== theme);
  return {
    views: GALLERY_VIEWS.filter(
      (view) => names.length === 0 || names.some((name) => view.name.startsWith(name)),
    ),
    sizes: GALLERY_SIZES.filter(({ width, height }) => size === undefined || size === `${width}x${height}`),
    themes: GALLERY_THEMES.filter((name) => theme === undefined || theme === name),
    strict: args.includes('--strict'),
  };
}

async function take(harness: Harness, picture: Picture, folder: string): Promise<readonly string[]> {
  const { view, state, flag } = picture.shot;
  const opened = await harness.openRenderer({
    route: view.route,
    state,
    theme: picture.theme,
    viewport: picture.size,
    flags: flag === null ? [] : [flag],
  });
  try {
    await opened.page.waitForTimeout(SETTLE_MS);
    if (view.click !== undefined) await opened.page.click(view.click);
    if (view.press !== undefined) await opened.page.keyboard.press(view.press);
    if (view.click !== undefined || view.press !== undefined) await opened.page.waitForTimeout(200);
    await opened.page.screenshot({ path: join(folder, picture.file) });
    return opened.problems.map((problem) => `${picture.file}: ${problem}`);
  } finally {
    await opened.close();
  }
}

const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function indexPage(pictures: readonly Picture[]): string {
  const figures = pictures.map(
    ({ file, shot, theme, size }) =>
      `<figure><a href="${file}"><img loading="lazy" src="${file}" alt=""></a>` +
      `<figcaption>${escape(shotName(shot))} · ${theme} · ${size.width}×${size.height}</figcaption></figure>`,
  );
  return (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Holdfast gallery</title><style>' +
    'body{font:13px system-ui;background:#222;color:#ddd;margin:16px;display:grid;gap:16px;' +
    'grid-template-columns:repeat(auto-fill,minmax(420px,1fr))}figure{margin:0}img{width:100%}</style>' +
    figures.join('\n')
  );
}

async function main(): Promise<number> {
  const wanted = readArguments(process.argv.slice(2));
  const folder = join(ROOT, 'out', 'gallery');
  mkdirSync(folder, { recursive: true });
  const pictures = galleryShots(wanted.views).flatMap((shot) =>
    wanted.themes.flatMap((theme) =>
      wanted.sizes.map((size) => ({
        shot,
        theme,
        size,
        file: `${shotName(shot)}-${size.width}x${size.height}-${theme}.png`,
      })),
    ),
  );
  const harness = await startHarness();
  const problems: string[] = [];
  try {
    const queue = [...pictures];
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        problems.push(...(await take(harness, next, folder)));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    await harness.dispose();
  }
  writeFileSync(join(folder, 'index.html'), indexPage(pictures));
  for (const problem of problems) console.error(problem);
  console.log(`${pictures.length} pictures in ${join(folder, 'index.html')}; ${problems.length} problems`);
  return wanted.strict && problems.length > 0 ? 1 : 0;
}

process.exitCode = await main();

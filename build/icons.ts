/**
 * `node build/icons.ts`: draws the icons from their SVG sources with a Chromium. The results are committed, so
 * that packing needs no browser; run it again after changing a source.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import { findChromium } from '../test/stand-in/chromium/find.ts';
import { ROOT } from './run-tool.ts';

interface Icon {
  readonly source: 'icon.svg' | 'icon-tray.svg';
  readonly file: string;
  readonly size: number;
  /** Colour of `currentColor`. */
  readonly color?: string;
}

/** The accent is legible on light and dark panels; macOS colours its black template itself. */
const ACCENT = '#4F8DF0';

const ICONS: readonly Icon[] = [
  { source: 'icon.svg', file: 'icon.png', size: 1024 },
  { source: 'icon.svg', file: 'icons/512x512.png', size: 512 },
  { source: 'icon.svg', file: 'icons/256x256.png', size: 256 },
  { source: 'icon-tray.svg', file: 'icons/tray.png', size: 32, color: ACCENT },
  { source: 'icon-tray.svg', file: 'icons/tray@2x.png', size: 64, color: ACCENT },
  { source: 'icon-tray.svg', file: 'icons/trayTemplate.png', size: 18, color: '#000' },
  { source: 'icon-tray.svg', file: 'icons/trayTemplate@2x.png', size: 36, color: '#000' },
];

async function draw(page: Page, { source, file, size, color = '#000' }: Icon): Promise<void> {
  const svg = readFileSync(join(ROOT, 'build', source), 'utf8');
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>html, body { margin: 0; color: ${color} } svg { display: block; width: ${size}px; height: ${size}px }</style>${svg}`,
  );
  writeFileSync(join(ROOT, 'build', file), await page.screenshot({ omitBackground: true }));
}

mkdirSync(join(ROOT, 'build', 'icons'), { recursive: true });
const program = findChromium();
if (program === undefined) throw new Error('No Chromium found: install one or set CHROMIUM_PATH.');
// The only page it shows is made of the two files above, and containers seldom allow Chromium's own sandbox.
const browser = await chromium.launch({
  executablePath: program.path,
  env: { ...process.env, ...program.env },
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage();
  for (const icon of ICONS) await draw(page, icon);
} finally {
  await browser.close();
}

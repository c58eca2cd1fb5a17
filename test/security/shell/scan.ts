/**
 * Reads TypeScript sources as syntax trees and finds what Electronegativity would have looked for: the
 * settings and calls that switch a protection of Electron or Node off. Not by text search, so that neither a
 * comment trips it nor a line break hides from it.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
}

/** Names that may be neither called, read, nor written as a key. */
const FORBIDDEN_NAMES = new Map<string, string>([
  ['setCertificateVerifyProc', 'certificate verification is never replaced'],
  ['checkServerIdentity', 'certificate verification is never replaced'],
  ['executeJavaScript', 'main runs no code in the page'],
  ['executeJavaScriptInIsolatedWorld', 'main runs no code in the page'],
  ['insertCSS', 'main adds no styles to the page'],
  ['enableBlinkFeatures', 'no experimental features'],
  ['affinity', 'pages share no process'],
  ['allowpopups', 'no webview'],
  ['enableRemoteModule', 'no remote module'],
  ['setSafeDialogs', 'dialogs stay safe'],
  ['runInThisContext', 'no code from text'],
  ['runInNewContext', 'no code from text'],
  ['compileFunction', 'no code from text'],
]);

const FORBIDDEN_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/^certificate-error$/, 'certificate errors are never overridden'],
  [/ELECTRON_DISABLE_SECURITY_WARNINGS/, 'security warnings stay on'],
  [/NODE_TLS_REJECT_UNAUTHORIZED/, 'certificate verification is never switched off'],
  [
    /^(?:disable-web-security|ignore-certificate-errors|no-sandbox|allow-running-insecure-content|remote-debugging-port)$/,
    'no switch that weakens Chromium',
  ],
  [/\bunsafe-(?:inline|eval|hashes)\b/, 'the content policy has no unsafe word'],
  [/^http:\/\/(?!127\.0\.0\.1|localhost|www\.w3\.org\/)/, 'no unencrypted address'],
];

/** Settings whose value must be exactly this wherever they are written. */
const PREFERENCES = new Map<string, string>([
  // Written out so that an environment variable cannot switch it off.
  ['rejectUnauthorized', 'true'],
  ['sandbox', 'true'],
  ['contextIsolation', 'true'],
  ['webSecurity', 'true'],
  ['safeDialogs', 'true'],
  ['nodeIntegration', 'false'],
  ['nodeIntegrationInWorker', 'false'],
  ['nodeIntegrationInSubFrames', 'false'],
  ['allowRunningInsecureContent', 'false'],
  ['experimentalFeatures', 'false'],
  ['webviewTag', 'false'],
  ['navigateOnDragDrop', 'false'],
  ['plugins', 'false'],
  ['bypassCSP', 'false'],
]);

/** What belongs to one file and to no other. */
const HOMES: readonly (readonly [name: string, file: string])[] = [
  ['webPreferences', 'src-main/shell/window.ts'],
  ['openExternal', 'src-main/shell/external-links.ts'],
  ['registerSchemesAsPrivileged', 'src-main/index.ts'],
];

/** Findings in one source; `file` is its path from the repository root. */
export function scanSource(file: string, text: string): Finding[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const findings: Finding[] = [];
  const visit = (node: ts.Node): void => {
    for (const rule of [
      ...nameRules(node, file),
      ...textRules(node),
      ...codeRules(node),
      ...preferenceRules(node),
    ]) {
      findings.push({
        file,
        line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1,
        rule,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return findings;
}

function nameOf(node: ts.Node): string | undefined {
  return ts.isIdentifier(node) || ts.isStringLiteralLike(node) ? node.text : undefined;
}

function nameRules(node: ts.Node, file: string): string[] {
  const name = nameOf(node);
  if (name === undefined || isTypeOnly(node)) return [];
  const forbidden = FORBIDDEN_NAMES.get(name);
  const home = HOMES.find(([known]) => known === name);
  const strayed = home !== undefined && home[1] !== file ? [`${name} belongs to ${home[1]}`] : [];
  return forbidden === undefined ? strayed : [...strayed, forbidden];
}

/** `Pick<Shell, 'openExternal'>` names a member without using it. */
function isTypeOnly(node: ts.Node): boolean {
  return (
    ts.isLiteralTypeNode(node.parent) ||
    ts.isPropertySignature(node.parent) ||
    ts.isMethodSignature(node.parent)
  );
}

function textRules(node: ts.Node): string[] {
  if (!ts.isStringLiteralLike(node) && !ts.isTemplateHead(node)) return [];
  return FORBIDDEN_TEXTS.filter(([pattern]) => pattern.test(node.text)).map(([, rule]) => rule);
}

function codeRules(node: ts.Node): string[] {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return [];
  const { expression } = node;
  const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : nameOf(expression);
  if (name === 'eval' || name === 'Function') return ['no code from text'];
  const [first] = node.arguments ?? [];
  const timed = name === 'setTimeout' || name === 'setInterval';
  return timed && first !== undefined && ts.isStringLiteralLike(first) ? ['no code from text'] : [];
}

function preferenceRules(node: ts.Node): string[] {
  if (!ts.isPropertyAssignment(node)) return [];
  const name = nameOf(node.name);
  const value = name === undefined ? undefined : PREFERENCES.get(name);
  return value === undefined || node.initializer.getText() === value
    ? []
    : [`${name} must be the literal ${value}`];
}

/** All TypeScript sources below a folder of the repository, as [path, text]. */
export function sourcesBelow(root: string, folder: string): (readonly [string, string])[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|vue)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')] as const);
}

/** The script block of a Vue file; other files as they are. */
export function scriptOf(file: string, text: string): string {
  if (!file.endsWith('.vue')) return text;
  return /<script[^>]*>([\s\S]*?)<\/script>/.exec(text)?.[1] ?? '';
}

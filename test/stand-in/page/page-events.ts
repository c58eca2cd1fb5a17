import type { StandInWebContents } from '../api/web-contents.ts';
import { browserHost } from '../chromium/browser.ts';
import { createEvent } from '../events.ts';
import { protocol } from '../api/protocol.ts';
import { toAppUrl } from '../chromium/origin-map.ts';
import type { Page } from './page.ts';

type Level = 'info' | 'warning' | 'error' | 'debug';

const levels: Readonly<Record<string, Level>> = {
  error: 'error',
  assert: 'error',
  warning: 'warning',
  debug: 'debug',
  verbose: 'debug',
};

function emitConsole(
  contents: StandInWebContents,
  level: string,
  message: string,
  source: string,
  line = 0,
): void {
  contents.emit(
    'console-message',
    createEvent({
      level: levels[level] ?? 'info',
      message,
      lineNumber: line,
      sourceId: toAppUrl(source, protocol.webSchemes),
      frame: contents.mainFrame,
    }),
  );
}

/** Turns what Chromium reports about a page into the events of its WebContents. */
export function followPage(contents: StandInWebContents, page: Page): void {
  const { session, targetId } = page.target;
  session.on('Page.domContentEventFired', () => contents.emit('dom-ready', createEvent({})));
  session.on('Page.loadEventFired', () => {
    contents.loading = false;
    contents.emit('did-finish-load');
    contents.emit('did-stop-loading');
  });
  session.on('Page.frameStartedNavigating', ({ frameId, url, navigationType }) => {
    const isMainFrame = page.frames.isMain(frameId);
    const isSameDocument = navigationType === 'sameDocument';
    const address = toAppUrl(url, protocol.webSchemes);
    const frame = page.frames.frame(frameId) ?? null;
    const details = createEvent({ url: address, isSameDocument, isMainFrame, frame, initiator: null });
    contents.emit('did-start-navigation', details, address, isSameDocument, isMainFrame, 1, 1);
  });
  session.on('Page.frameNavigated', ({ frame }) => {
    if (page.frames.isMain(frame.id))
      contents.emit('did-navigate', createEvent({}), contents.getURL(), 200, 'OK');
  });
  session.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
    const isMain = page.frames.isMain(frameId);
    const address = toAppUrl(url, protocol.webSchemes);
    contents.emit('did-navigate-in-page', createEvent({}), address, isMain, 1, 1);
  });
  session.on('Page.windowOpen', ({ url, windowName, windowFeatures }) => {
    const address = toAppUrl(url, protocol.webSchemes);
    contents.askToOpenWindow(address, windowName, windowFeatures.join(','));
  });
  session.on('Page.javascriptDialogOpening', ({ type }) => {
    // Unanswered, a dialog would freeze the page for ever; leaving a page is never held up.
    session.send('Page.handleJavaScriptDialog', { accept: type === 'beforeunload' }).catch(() => undefined);
  });
  session.on('Page.frameResized', () => contents.emit('-frame-resized'));
  session.on('Inspector.targetCrashed', () => contents.markCrashed());
  session.on('Runtime.consoleAPICalled', ({ type, args, stackTrace }) => {
    const text = args.map(({ value, description }) => description ?? String(value)).join(' ');
    const at = stackTrace?.callFrames[0];
    emitConsole(contents, type, text, at?.url ?? '', at?.lineNumber);
  });
  session.on('Runtime.exceptionThrown', ({ exceptionDetails }) => {
    const text = exceptionDetails.exception?.description ?? exceptionDetails.text;
    emitConsole(
      contents,
      'error',
      `Uncaught ${text}`,
      exceptionDetails.url ?? '',
      exceptionDetails.lineNumber,
    );
  });
  session.on('Log.entryAdded', ({ entry }) => {
    emitConsole(contents, entry.level, entry.text, entry.url ?? '', entry.lineNumber);
  });
  const takeTitle = (title: string): void => {
    if (title === contents.title || contents.isDestroyed()) return;
    contents.title = title;
    contents.emit('page-title-updated', createEvent({}), title, true);
  };
  browserHost.on('title', (changedTarget: string, title: string) => {
    // Before a document has a title, Chromium reports its address.
    if (changedTarget === targetId && !title.includes('.holdfast.test/')) takeTitle(title);
  });
  session.on('Page.loadEventFired', () => {
    session.send('Target.getTargetInfo').then(
      ({ targetInfo }) => takeTitle(targetInfo.title),
      () => undefined,
    );
  });
  const gone = (closedTarget?: string): void => {
    if (closedTarget === undefined || closedTarget === targetId) contents.emit('-target-closed');
  };
  browserHost.on('target-closed', gone);
  browserHost.on('browser-closed', () => gone());
}

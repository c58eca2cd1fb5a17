import { gzipSync } from 'node:zlib';
import { openRecording } from '../../../src-main/market/recording/open-recording.ts';
import type { RecordedEvent, RecordingSummary } from '../../../src-main/market/recording/recorded-event.ts';

/** A recording in memory. `name` counts: markets and days are read from it. Chunks are tiny, to cut lines anywhere. */
export async function openText(name: string, content: string | Buffer, chunk = 7) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return openRecording(name, async function* () {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  });
}

export async function eventsOf(name: string, content: string | Buffer): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of (await openText(name, content)).events()) events.push(event);
  return events;
}

export async function describeText(name: string, content: string | Buffer): Promise<RecordingSummary> {
  return (await openText(name, content)).describe();
}

/** The words shown to a person for a file that is refused. */
export async function refusal(name: string, content: string | Buffer): Promise<string> {
  try {
    await eventsOf(name, content);
  } catch (error) {
    const { kind, message } = error as { kind?: string; message: string };
    return kind === 'badInput' ? message : `not badInput: ${message}`;
  }
  return 'accepted';
}

export const gzip = (text: string): Buffer => gzipSync(text);

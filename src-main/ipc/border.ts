import type { Contract } from '../../src-preload/contract/index.ts';
import type { Application } from '../application.ts';
import type { FailureLog } from './failure.ts';
import { Router } from './router.ts';
import type { IpcCalls } from './router.ts';
import type { KnownWindows } from './sender.ts';
import { TopicServer } from './topics.ts';
import type { IpcMessages } from './topics.ts';

interface Parts {
  readonly ipc: IpcCalls & IpcMessages;
  readonly windows: KnownWindows;
  readonly contract: Contract;
  readonly application: Application;
  readonly log: FailureLog;
}

/** Opens the border to the windows: calls and topics of the contract, behind one gate. */
export function openBorder({ application, ...parts }: Parts): { topics: TopicServer; dispose(): void } {
  const gate = {
    isUnlocked: () => application.host.isOpen,
    onLock: (listener: () => void) => application.vault.onLock(listener),
  };
  const router = new Router({ ...parts, gate, handlers: application.handlers });
  const topics = new TopicServer({ ...parts, gate, sources: application.sources });
  return {
    topics,
    dispose: () => {
      topics.dispose();
      router.dispose();
    },
  };
}

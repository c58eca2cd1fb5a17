/**
 * Stands in the bundle for thread-stream, with which pino writes through a worker of its own. Our log is written
 * synchronously, so that the last line before a crash is there; nothing else may start a thread.
 */
export default class ThreadStream {
  constructor() {
    throw new Error('Log transports are not part of this build.');
  }
}

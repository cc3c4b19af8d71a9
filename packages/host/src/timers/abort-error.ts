/** What Node rejects with when a signal aborts: equal in name, code, message and cause. */
export class AbortError extends Error {
  readonly code: string = 'ABORT_ERR';

  constructor(signal: AbortSignal) {
    super('The operation was aborted', { cause: signal.reason });
    this.name = 'AbortError';
  }
}

/** What messages say they are that Node itself sends to a worker, or gets from it. */
const types: ReadonlySet<unknown> = new Set(['loadScript', 'stdioPayload', 'stdioWantsMoreData', 'upAndRunning']);

/** True for what Node itself sends to a worker or gets from it: at its start, and for its standard streams. */
export function isOfHost(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  return types.has(Object.getOwnPropertyDescriptor(message, 'type')?.value);
}

/** What messages say they are that Node itself sends to a worker, or gets from it. */
const types: ReadonlySet<unknown> = new Set(['loadScript', 'stdioPayload', 'stdioWantsMoreData', 'upAndRunning']);

/**
 * True for what Node itself sends to a worker or gets from it: at its start, and for its standard streams. What the
 * program writes to the input of a worker is the program's.
 */
export function isOfHost(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  const valueOf = (name: string): unknown => Object.getOwnPropertyDescriptor(message, name)?.value;
  const type = valueOf('type');
  return types.has(type) && !(type === 'stdioPayload' && valueOf('stream') === 'stdin');
}

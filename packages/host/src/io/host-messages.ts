/** What messages say they are that Node itself sends to a worker, or gets from it. */
const types: ReadonlySet<unknown> = new Set([
  'loadScript',
  'stdioPayload',
  'stdioWantsMoreData',
  'upAndRunning',
  'registerMainThreadPort',
  'unregisterMainThreadPort',
]);

/** Where they have ports of Node's own. */
const ownPorts: readonly string[] = ['publicPort', 'mainThreadPort', 'port'];

const valueOf = (message: object, name: string): unknown => Object.getOwnPropertyDescriptor(message, name)?.value;

/**
 * True for what Node itself sends to a worker or gets from it: at its start, and for its standard streams. What the
 * program writes to the input of a worker is the program's.
 */
export function isOfHost(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  const type = valueOf(message, 'type');
  return types.has(type) && !(type === 'stdioPayload' && valueOf(message, 'stream') === 'stdin');
}

/** Those of the ports that are transferred by a message that are the program's. */
export function portsOfProgram(message: unknown, transferred: readonly object[]): readonly object[] {
  if (!isOfHost(message)) return transferred;
  const own = ownPorts.map((name) => valueOf(message as object, name));
  return transferred.filter((port) => !own.includes(port));
}

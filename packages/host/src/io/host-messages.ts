/** True for what Node itself sends to a worker or gets from it: at its start, and for its standard streams. */
export function isOfHost(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  const type: unknown = Object.getOwnPropertyDescriptor(message, 'type')?.value;
  return typeof type === 'string' && /^(?:loadScript|stdio|upAndRunning)/.test(type);
}

/** Taken at import, so that it stays real when a program replaces the host's clock. */
const { performance } = globalThis;

/** Real milliseconds since some fixed moment. */
export function now(): number {
  return performance.now();
}

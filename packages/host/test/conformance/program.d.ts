/**
 * A program whose order of lines is compared between the host and virtual time. It is over when
 * nothing is left that keeps it alive.
 *
 * @param log adds a line.
 * @param onUncaught sets who gets the exceptions of callbacks.
 */
export type Program = (
  log: (line: string) => void,
  onUncaught: (handler: (error: Error) => void) => void,
) => void | Promise<void>;

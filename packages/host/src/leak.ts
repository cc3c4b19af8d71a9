/** Something that was begun under a loop and left behind. */
export interface Leak {
  /** What it is, e.g. `setInterval poll()`. */
  readonly what: string;
  /** When it would have gone on, on the loop's clock, in milliseconds; undefined if nobody knows. */
  readonly dueMs?: number | undefined;
  /** `file:line:column` of the code that made it, where that was recorded; see `HostOptions.sites`. */
  readonly at?: string | undefined;
}

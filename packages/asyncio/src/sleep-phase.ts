/** The bits of a sleep's phase; none while it is cold. */
export const Phase = {
  /** Cold, but it has been looked at, so not only `await` may read its constructor. */
  seen: 1,
  begun: 2,
  /** Begun as a promise. */
  promise: 4,
  /** Its time has come: what is left is the wake-up. */
  fired: 8,
  cancelled: 16,
} as const;

/** How many bits those are. */
export const phaseBits = 5;

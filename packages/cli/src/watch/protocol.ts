/** Numbers that the watched thread and the one that watches share. */
export const cell = {
  /** Counted up while the watched thread gets on. */
  beats: 0,
  /** 1 when there is nothing left to watch. */
  over: 1,
} as const;

/** The number of cells. */
export const cells = 2;

/** What the watching thread gets. */
export interface WatchData {
  readonly cells: Int32Array;
  /** How long one step may take, in real milliseconds. */
  readonly patienceMs: number;
  /** Whether it hears Ctrl-C in the place of the watched thread, which may be too busy. */
  readonly hearsInterrupts: boolean;
}

/** What the watching thread says when it has heard Ctrl-C. */
export const interrupt = 'SIGINT';

/** How many times the watching thread looks before its patience is at its end. */
export const looks = 10;

/** The key of what the watching thread calls in the watched one, on its global object. */
export const key = 'timeloom.watched';

/** What can be called in a thread that is in the middle of a step. */
export interface Watched {
  /** Where the program is: the same for as long as it is in one step; null if it is in none. */
  position(): string | null;
  /** Says where the program is, and ends the process. */
  end(interrupted: boolean): void;
}

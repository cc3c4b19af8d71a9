/** Numbers that the watched thread and those that watch it share. */
export const cell = {
  /** Counted up while the watched thread gets on. */
  beats: 0,
  /** One of `state`: who waits for a change waits on this. */
  state: 1,
} as const;

/** The number of cells. */
export const cells = 2;

export const state = {
  watching: 0,
  /** Ctrl-C was pressed: the step that is on has little time left. */
  interrupted: 1,
  /** There is nothing left to watch. */
  over: 2,
} as const;

/** What the watching thread gets. */
export interface WatchData {
  readonly cells: Int32Array;
  /** How long one step may take, in real milliseconds. */
  readonly patienceMs: number;
}

/** What the thread that hears Ctrl-C gets. */
export type InterruptData = Pick<WatchData, 'cells'>;

/** What the thread that hears Ctrl-C says when it begins to, and each time that it has. */
export const said = { listening: 'listening', interrupt: 'SIGINT' } as const;

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

import { realNow } from './host-turn.ts';
import { currentPlace, describeSite, type Site } from './places.ts';

/** So many times in a row is one that is silent, but at work, waited for once more. */
const mostExtensions = 5;

/** One piece of real I/O that has begun, and whose end is still to come. */
export class IoOperation {
  /** The real time of its last sign of life. */
  aliveAt: number = realNow();
  /** The real time until which it counts, if that is all that is known of its end. */
  countsUntil: number = Infinity;
  /** True once it was silent for so long that the clock waits for it no more. */
  setAside = false;
  /** True if the host is to live until it ends, or is set aside, also where nothing else keeps it alive. */
  keepsAlive = false;
  /** True if the host's next poll delivers it, so that it is done, as far as the program can do it. */
  atNextPoll = false;
  /** True for a process or a worker, which goes on beside this program. */
  isOfActor = false;
  /** Whether it is at work although it is silent; asked when the clock would wait for it no more. */
  isAtWork: () => boolean = () => false;
  #extensions = 0;
  readonly #what: () => string;
  readonly #site: Site | null;

  /**
   * @param what what it is, e.g. `crypto.pbkdf2` or `connection to /run/db.sock`.
   * @param site where it was begun; default: here, if places are recorded.
   */
  constructor(what: () => string, site: Site | null = currentPlace()) {
    this.#what = what;
    this.#site = site;
  }

  get what(): string {
    return this.#what();
  }

  /** `file:line:column` of the code that began it, if that was recorded. */
  get at(): string | undefined {
    return describeSite(this.#site);
  }

  /** Something was asked of it, or came from it. */
  renew(): void {
    this.aliveAt = realNow();
    this.setAside = false;
    this.#extensions = 0;
  }

  /** True if it is waited for once more although it was silent for long. */
  extend(): boolean {
    if (this.#extensions === mostExtensions || !this.isAtWork()) return false;
    this.#extensions++;
    this.aliveAt = realNow();
    return true;
  }

  /** It was heard of, and may go on for that many real milliseconds. */
  countsFor(quietMs: number): boolean {
    this.countsUntil = this.aliveAt + quietMs;
    return realNow() < this.countsUntil;
  }
}

/** One kind of real I/O. Asked each time before the clock moves: {@link idle} has to be cheap. */
export interface IoSource {
  /** True if nothing of this kind can be in flight. */
  readonly idle: boolean;
  /**
   * What is in flight now, set aside or not; see `RealIoOptions.quietMs`.
   *
   * @param isLast whether nothing else is left to wait for, no timer either.
   */
  inFlight(quietMs: number, isLast: boolean): IoOperation[];
}

const listeners = new Set<() => void>();

/** Sources call this when something has ended, which the host may tell after its poll for I/O. */
export function operationEnded(): void {
  for (const listener of listeners) listener();
}

/** Has `listener` called at each {@link operationEnded}; returns how to stop. */
export function onOperationEnded(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

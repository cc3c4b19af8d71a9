import type { Dirent } from 'node:fs';
import { callbackify } from 'node:util';

type Answered<T> = (error: Error | null, result: T) => void;

/** Completes as an operation of its own. */
type Complete = <T>(work: () => T) => Promise<T>;

/** What `opendir` gives when files are simulated: what was in the folder when it was opened. */
export class Dir {
  readonly path: string;
  readonly #complete: Complete;
  readonly #entries: Dirent[];
  #closed = false;

  constructor(path: string, entries: readonly Dirent[], complete: Complete) {
    this.path = path;
    this.#entries = [...entries];
    this.#complete = complete;
  }

  /** The next entry, null at the end; with a callback it gives nothing. */
  read(done?: Answered<Dirent | null>): Promise<Dirent | null> | undefined {
    return answer(this.#next(), done);
  }

  readSync(): Dirent | null {
    this.#checkOpen();
    return this.#entries.shift() ?? null;
  }

  close(done?: Answered<void>): Promise<void> | undefined {
    const closing = this.#complete(() => this.closeSync());
    return answer(closing, done);
  }

  closeSync(): void {
    this.#checkOpen();
    this.#closed = true;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Dirent, void> {
    try {
      for (let entry; (entry = await this.#next()) !== null;) yield entry;
    } finally {
      if (!this.#closed) await this.close();
    }
  }

  #next(): Promise<Dirent | null> {
    return this.#complete(() => this.readSync());
  }

  #checkOpen(): void {
    if (this.#closed) throw Object.assign(new Error('Directory handle was closed'), { code: 'ERR_DIR_CLOSED' });
  }
}

function answer<T>(promise: Promise<T>, done: Answered<T> | undefined): Promise<T> | undefined {
  if (done === undefined) return promise;
  callbackify(() => promise)(done);
  return undefined;
}

import { UncontrolledAsyncError } from './errors.ts';
import type { Kernel } from './kernel.ts';
import { CallbackHandle, type CallOptions } from './handle.ts';
import { reportWarning } from './host-binding.ts';

/** What happens when something enters a loop between its steps and nobody marked it. */
export type UncontrolledPolicy = 'error' | 'warn' | 'allow';

/** Work of the host that no promise stands for, e.g. the requests of its file system. */
export interface HostWork {
  /**
   * Asked before a virtual clock moves, and before a searched loop completes a simulated operation
   * with nothing else to run: true if that has to wait. Then `wake` is to be called as
   * soon as asking again can give another answer; too early or too often does no harm.
   */
  inFlight(wake: () => void): boolean;
}

/** One for all loops: most have none, and a search makes many loops. */
const noHostWork: readonly HostWork[] = [];

const policies: readonly unknown[] = ['error', 'warn', 'allow'];

/** Work outside the loop that it knows of, and a guard against work that it does not. */
export class ExternalWork {
  readonly #loop: Kernel;
  readonly #policy: UncontrolledPolicy;
  #hostWork = noHostWork;
  #entering = false;
  #warned = false;
  /** Marked promises that have not settled. */
  inFlight = 0;

  constructor(loop: Kernel, policy: UncontrolledPolicy = loop.clock.virtual ? 'warn' : 'allow') {
    if (!policies.includes(policy)) {
      throw new TypeError(`uncontrolled must be 'error', 'warn' or 'allow', got ${String(policy)}`);
    }
    this.#loop = loop;
    this.#policy = policy;
  }

  track<T>(promise: PromiseLike<T>, options?: CallOptions): Promise<T> {
    const loop = this.#loop;
    loop.checkOpen();
    this.inFlight++;
    // The completion belongs to the task that started the work.
    const { lane = loop.currentLane, label = 'external work completes' } = options ?? {};
    const { context } = loop;
    return new Promise<T>((resolve, reject) => {
      const complete = (settle: () => void) => {
        this.inFlight--;
        if (this.#loop.isClosed()) return;
        this.enter(() => loop.schedule(new Completion(settle, { lane, label }, context)));
      };
      promise.then(
        (value) => complete(() => resolve(value)),
        (error: unknown) => complete(() => reject(error)),
      );
    });
  }

  /** Has `work` asked from now on; returns how to stop that. */
  add(work: HostWork): () => void {
    this.#loop.checkOpen();
    this.#hostWork = [...this.#hostWork, work];
    return () => {
      this.#hostWork = this.#hostWork.filter((other) => other !== work);
    };
  }

  /** True if the clock has to stand still. Then `wake` will be called, or a completion scheduled. */
  holdsClock(wake: () => void): boolean {
    return this.inFlight > 0 || this.hostIsAtWork(wake);
  }

  /** True if nobody has to be asked. */
  get hasNoHost(): boolean {
    return this.#hostWork.length === 0;
  }

  /** As {@link holdsClock}, but not for marked promises: they may wait for what the program does next. */
  hostIsAtWork(wake: () => void): boolean {
    for (const work of this.#hostWork) if (work.inFlight(wake)) return true;
    return false;
  }

  /** Runs `action`, which schedules, as a marked entry. */
  enter<T>(action: () => T): T {
    const outer = this.#entering;
    this.#entering = true;
    try {
      return action();
    } finally {
      this.#entering = outer;
    }
  }

  /** Something is about to enter a running loop between two steps: what the run must fail with. */
  checkEntry(label: string): UncontrolledAsyncError | null {
    if (this.#entering || this.#policy === 'allow') return null;
    const error = new UncontrolledAsyncError(label);
    if (this.#policy === 'error') return error;
    // The clock waits for the host's work, so what that work does is expected.
    if (this.#hostWork.length > 0) return null;
    if (!this.#warned) reportWarning(`Timeloom: ${error.message}`);
    this.#warned = true;
    return null;
  }
}

/** External work is done. What is done at the same instant could have been done in another order. */
class Completion extends CallbackHandle {
  override get tie(): unknown {
    return Completion;
  }
}

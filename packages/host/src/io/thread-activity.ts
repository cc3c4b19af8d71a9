import type { Worker } from 'node:worker_threads';
import { process } from '../realm.ts';
import { realNow } from './host-turn.ts';

/** For how many times `quietMs` the use of the processor is counted: the host counts in ticks of 4 ms. */
const window = 20;

/** The share of the processor below which nothing computes, our own looking apart. */
const computing = 0.1;

/**
 * From so many times on that the processor was taken away from the process in that time, it would compute if it were
 * let: on a busy machine a thread that works may get less than that share.
 */
const starved = 3;

/** How long a reading may take, in milliseconds. */
const noiseMs = 0.1;

const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const timesInterrupted = (): number => process.resourceUsage().involuntaryContextSwitches;

/**
 * Whether a worker is at work, as far as that can be seen from outside. Node counts for how long the loop
 * of each thread has slept. One that is blocked, in `Atomics.wait` as workers of pools are, does not sleep
 * by that count, and says so itself; then the whole process computes nothing.
 */
export class ThreadActivity {
  readonly #worker: Worker;
  #sleptMs = 0;
  #busyAt: number = realNow();
  #processorMs = processorMs();
  #interrupted = timesInterrupted();
  #readAt = 0;
  #lookedAt: number = realNow();
  #computes = true;

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** The worker was given something to do, or has answered. */
  stir(): void {
    this.#busyAt = this.#lookedAt = realNow();
    this.#processorMs = processorMs();
    this.#interrupted = timesInterrupted();
    this.#computes = true;
  }

  /**
   * The real time at which it was last seen at work.
   *
   * @param isBlocked whether it says that it waits in `Atomics.wait`. That nothing computes besides is for the
   * moment between what it says and the wait itself, in which it may find that there is nothing to wait for.
   */
  busyAt(quietMs: number, isBlocked: boolean): number {
    const before = realNow();
    const { active, idle } = this.#worker.performance.eventLoopUtilization();
    const now = realNow();
    if (now - this.#lookedAt >= window * quietMs) this.#lookAtProcessor(now);
    // Counted from before one reading until behind the next: what interrupts us must not pass for sleep.
    // Both are 0 until the loop of the thread starts, behind the first run of its program.
    const awake = now - this.#readAt - (idle - this.#sleptMs) > noiseMs || active + idle === 0;
    this.#sleptMs = idle;
    this.#readAt = before;
    if (awake && !(isBlocked && !this.#computes)) this.#busyAt = now;
    return this.#busyAt;
  }

  #lookAtProcessor(now: number): void {
    const used = processorMs();
    const interrupted = timesInterrupted();
    const isStarved = interrupted - this.#interrupted >= starved;
    this.#computes = isStarved || used - this.#processorMs > computing * (now - this.#lookedAt);
    this.#interrupted = interrupted;
    this.#processorMs = used;
    this.#lookedAt = now;
  }
}

import process from 'node:process';
import { installHost, type CallbackTimer, type HostOptions, type HostRestore } from '@timeloom/host';
import { EventLoop, runningLoop, type LimitOptions } from '@timeloom/loop';
import { IdleClock } from './idle-clock.ts';

/** How a process is put into virtual time. */
export interface VirtualProcessOptions extends LimitOptions, HostOptions {
  /** Where chance comes from: `Math.random`, `crypto`. Default 0. */
  readonly seed?: number | string | undefined;
}

/** Before anybody replaces them. */
const { nextTick } = process;
const { setImmediate } = globalThis;

/**
 * A process in virtual time: its timers and clocks are those of one loop, which runs whenever there is
 * something to do, and keeps the process alive no longer than Node's own timers would.
 */
export class VirtualProcess {
  readonly loop: EventLoop;
  readonly #restore: HostRestore;
  #run: Promise<void> | null = null;

  /** @throws HostInstalledError if a loop is installed already; TypeError, RangeError on a wrong option. */
  constructor(options: VirtualProcessOptions = {}) {
    const { seed, maxSteps, maxStepsPerInstant, ...hostOptions } = options;
    const clock = new IdleClock(() => this.loop.pendingTimers()[0]?.when ?? Infinity);
    this.loop = new EventLoop({ clock, seed, maxSteps, maxStepsPerInstant, uncontrolled: 'allow' });
    this.loop.setExceptionHandler((_, report) => {
      const { timeout } = (report.handle ?? {}) as { timeout?: Partial<CallbackTimer> };
      const rethrow = (): void => throwUncaught('exception' in report ? report.exception : new Error(report.message));
      // In the context of the test whose timer it is, by which test runners find the test.
      if (timeout?.runInContext === undefined) rethrow();
      else timeout.runInContext(rethrow);
    });
    this.#restore = installHost(this.loop, hostOptions);
    this.loop.observe({ scheduled: () => this.#start() });
  }

  /** True if timers are pending. */
  get hasTimers(): boolean {
    return this.loop.pendingTimers().length > 0;
  }

  /** True if there is something to do, or real I/O in flight. */
  get isBusy(): boolean {
    // tsx has its parser compiled in passing, before and while it loads a program.
    return this.hasTimers || this.#restore.leaks().some(({ what }) => !what.startsWith('WebAssembly.'));
  }

  /** Resolves once the process is about to end: `beforeExit`. */
  async ended(): Promise<void> {
    this.#start();
    await this.#run;
  }

  /** Gives the host back. Timers that are left never fire. */
  close(): void {
    this.#restore();
    this.loop.stop();
  }

  /** Runs the loop, unless it runs, until the process has nothing left to do. */
  #start(): void {
    if (this.loop.isRunning()) return;
    // A step of another loop is running: behind the steps that its pump has posted, none is.
    if (runningLoop() !== null) return void setImmediate(() => this.#start());
    this.#run = this.loop.runForever().catch((error: unknown) => {
      // The host is empty: the process ends here, unless a listener of `beforeExit` has more to do.
      if ((error as { code?: unknown }).code !== 'TIMELOOM_DEADLOCK') throwUncaught(error);
    });
  }
}

/** As the host does with an exception in a callback: `uncaughtException`, or the end. */
function throwUncaught(error: unknown): void {
  nextTick(() => {
    throw error;
  });
}

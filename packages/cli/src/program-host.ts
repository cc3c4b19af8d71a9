import { installHost, takeOver, type HostRestore, type Restore } from '@timeloom/host';
import { EventLoop } from '@timeloom/loop';
import { VirtualProcess, type VirtualProcessOptions } from './virtual-process/virtual-process.ts';

/**
 * The host of a program in virtual time: its timers, dates and files are on the program's own loop
 * while one runs, and on a loop of the process before and after that, so that ordinary scripts run as
 * well.
 */
export class ProgramHost {
  readonly #options: VirtualProcessOptions;
  readonly #restore: Restore;
  #process: VirtualProcess;
  #running: EventLoop | null = null;
  #startMs: number;
  /** Steps and virtual time of processes that were left for a loop of the program. */
  #steps = 0;
  #virtualMs = 0;

  constructor(options: VirtualProcessOptions) {
    this.#options = options;
    this.#restore = takeOver();
    this.#process = new VirtualProcess(options);
    this.#startMs = this.#process.loop.time();
  }

  /** True if the program is, or was, at work outside of its own loops. */
  get everRan(): boolean {
    return this.#steps > 0 || this.#process.loop.statistics().steps > 0 || this.#process.isBusy;
  }

  /** True if timers of the script are pending. */
  get hasTimers(): boolean {
    return this.#running === null && this.#process.hasTimers;
  }

  totals(): { readonly steps: number; readonly virtualMs: number } {
    const { loop } = this.#process;
    return {
      steps: this.#steps + loop.statistics().steps,
      virtualMs: this.#virtualMs + loop.time() - this.#startMs,
    };
  }

  /** Waits until the process has nothing left to do, as Node says. */
  async finished(): Promise<void> {
    await this.#process.ended();
  }

  /**
   * A loop of the program runs: puts the host on it, unless another one has it or timers of the script
   * are pending, which would be lost. Returns how to undo that.
   */
  attach(loop: EventLoop): () => void {
    if (this.#running !== null || this.#process.hasTimers || !loop.clock.virtual) return () => {};
    this.#leaveProcess();
    this.#running = loop;
    const { seed: _, maxSteps: _most, maxStepsPerInstant: _instant, ...hostOptions } = this.#options;
    const installed: HostRestore = installHost(loop, hostOptions);
    return () => {
      installed();
      this.#running = null;
      this.#process = new VirtualProcess(this.#options);
      this.#startMs = this.#process.loop.time();
    };
  }

  #leaveProcess(): void {
    const { steps, virtualMs } = this.totals();
    this.#steps = steps;
    this.#virtualMs = virtualMs;
    this.#process.close();
  }

  /** Gives the host back. */
  close(): void {
    if (this.#running === null) this.#process.close();
    this.#restore();
  }
}

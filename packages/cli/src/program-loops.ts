import { RealClock, VirtualClock, type Clock, type Instrument } from '@timeloom/loop';
import type * as Asyncio from '@timeloom/asyncio';
import type { ProgramHost } from './program-host.ts';
import { now } from './stopwatch.ts';

/** Before anybody replaces it: an immediate of a virtual host is lost when that host is put on the next loop. */
const { setImmediate } = globalThis;

/** The module that the program imports as `@timeloom/asyncio`. */
export type AsyncioModule = typeof Asyncio;

export interface ProgramLoopsOptions {
  /** True for real clocks, false for virtual ones. */
  readonly real: boolean;
  /** Null leaves the choice to the program. */
  readonly seed: number | string | null;
  /** Null leaves the choice to the program. */
  readonly maxSteps: number | null;
  /** Null leaves the choice to the program. */
  readonly maxStepsPerInstant: number | null;
  /** Makes an observer for each loop; null for none. */
  readonly observe: (() => Instrument) | null;
  /** What the program finds beside its loops; null if the host stays real. */
  readonly host: ProgramHost | null;
}

/** What the loops of a program did. */
export interface LoopTotals {
  readonly steps: number;
  /** Time that passed on virtual clocks, in milliseconds. */
  readonly virtualMs: number;
  /** Real time in which a loop ran, in milliseconds. */
  readonly realMs: number;
}

/** Makes the loops of a program, as its event-loop policy, and knows what became of them. */
export class ProgramLoops implements Asyncio.EventLoopPolicy {
  readonly #options: ProgramLoopsOptions;
  readonly #Loop: typeof Asyncio.AsyncioEventLoop;
  readonly #loops: Asyncio.AsyncioEventLoop[] = [];
  /** Virtual clocks, with the time at which we first saw them: loops may share one. */
  readonly #clocks = new Map<Clock, number>();
  /** The runs in progress, each with a promise for its end. */
  readonly #runs = new Map<Promise<void>, Asyncio.AsyncioEventLoop>();
  #runningSince = 0;
  #realMs = 0;
  #everRan = false;
  #scriptRuns = false;

  constructor(asyncio: AsyncioModule, options: ProgramLoopsOptions) {
    this.#options = options;
    this.#Loop = watched(asyncio, this);
  }

  newEventLoop(options: Asyncio.AsyncioOptions = {}): Asyncio.AsyncioEventLoop {
    const { real, seed, maxSteps, maxStepsPerInstant, observe } = this.#options;
    // What the command line says goes over what the program says, which goes over our defaults.
    const clock = real ? new RealClock() : (options.clock ?? new VirtualClock());
    const loop = new this.#Loop({
      ...options,
      clock,
      ...(seed !== null && { seed }),
      ...(maxSteps !== null && { maxSteps }),
      ...(maxStepsPerInstant !== null && { maxStepsPerInstant }),
      ...(observe !== null && { instruments: [...(options.instruments ?? []), observe()] }),
    });
    this.#loops.push(loop);
    if (clock.virtual && !this.#clocks.has(clock)) this.#clocks.set(clock, clock.now());
    return loop;
  }

  /** True once a loop was made. */
  get any(): boolean {
    return this.#loops.length > 0;
  }

  /** True once a loop was run. */
  get everRan(): boolean {
    return this.#everRan;
  }

  /** True while a loop runs. */
  get running(): boolean {
    return this.#runs.size > 0 || this.#scriptRuns;
  }

  /** Counts an ordinary script as running until `finished`. */
  async whileScriptRuns(finished: Promise<void>): Promise<void> {
    this.#everRan = true;
    this.#scriptRuns = true;
    this.#runningSince = now();
    await finished;
    this.#scriptEnded();
  }

  #scriptEnded(): void {
    if (!this.#scriptRuns) return;
    this.#scriptRuns = false;
    if (!this.running) this.#realMs += now() - this.#runningSince;
  }

  /** Waits until no loop runs, nor begins to as a consequence. Never rejects. */
  async waitUntilIdle(): Promise<void> {
    while (this.running) {
      await Promise.all(this.#runs.keys());
      // A loop that ends may let the program run the next one.
      await hostTurn();
    }
  }

  /** Ends every run after its current turn. An ordinary script has ended: what it has left has no turn any more. */
  stop(): void {
    for (const loop of this.#runs.values()) loop.stop();
    this.#scriptEnded();
  }

  totals(): LoopTotals {
    let steps = 0;
    for (const loop of this.#loops) steps += loop.statistics().steps;
    let virtualMs = 0;
    for (const [clock, start] of this.#clocks) virtualMs += clock.now() - start;
    const outside = this.#options.host?.totals();
    steps += outside?.steps ?? 0;
    virtualMs += outside?.virtualMs ?? 0;
    const current = this.running ? now() - this.#runningSince : 0;
    return { steps, virtualMs, realMs: this.#realMs + current };
  }

  /** A run of `loop` began; returns what to call at its end. Called by the loops. */
  runBegan(loop: Asyncio.AsyncioEventLoop): () => void {
    this.#everRan = true;
    if (!this.running) this.#runningSince = now();
    const { promise, resolve } = deferred();
    this.#runs.set(promise, loop);
    const detach = this.#options.host?.attach(loop);
    return () => {
      detach?.();
      this.#runs.delete(promise);
      if (!this.running) this.#realMs += now() - this.#runningSince;
      resolve();
    };
  }
}

/** The program's own class of loops, which tells when its runs begin and end. */
function watched(asyncio: AsyncioModule, loops: ProgramLoops): typeof Asyncio.AsyncioEventLoop {
  // The name is what the loop's toString shows: a program should see no difference.
  return class AsyncioEventLoop extends asyncio.AsyncioEventLoop {
    override async runForever(): Promise<void> {
      const run = super.runForever();
      const ended = this.isRunning() ? loops.runBegan(this) : null;
      try {
        await run;
      } finally {
        ended?.();
      }
    }
  };
}

/** A turn of the host: what the program's last step set off is done or reported then. */
export function hostTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

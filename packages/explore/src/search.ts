import type { Instrument } from '@timeloom/loop';
import { TapeRecorder } from '@timeloom/trace';
import type { Ended } from './budget.ts';
import { repeatRun, ScheduledLog, type Nondeterminism, type RepeatableRun } from './determinism.ts';
import {
  executeWatched,
  type Execution,
  type ExecutionOptions,
  type Program,
  type ProgramSource,
} from './execution.ts';
import type { Outcome } from './outcome.ts';
import { numberIn, type Share } from './shard.ts';
import type { RunScheduler, Strategy } from './strategy.ts';
import { watchingUncaught } from './uncaught.ts';

/** A run of a search that is over. */
export interface SearchRun {
  /** From 0. */
  readonly number: number;
  readonly outcome: Outcome;
  /** The option that was taken at each choice point. */
  readonly tape: readonly number[];
  /** Whether the strategy's guarantee is about it. */
  readonly covered: boolean;
}

/** What looks at the runs of a search. */
export interface SearchVisitor {
  /** Why not to make the run with this number; null to make it. Asked for runs to learn from, too. */
  mayRun(number: number): Ended | null;
  /** A run of the share is over; the reason to make no further one, or null. */
  runEnded(run: SearchRun): Ended | null | Promise<Ended | null>;
}

/** Makes the runs of a search by their numbers, which only grow. */
export class Search {
  readonly strategy: Strategy;
  readonly #program: Program | ProgramSource;
  readonly #options: ExecutionOptions;
  readonly #repeats: boolean;
  /** The first run that was made here, if it is to be repeated. */
  #first: RepeatableRun | null = null;
  /** The number of the run that the strategy makes next. */
  #next = 0;

  /** @param repeats whether {@link repeatFirst} will be called. */
  constructor(program: Program | ProgramSource, strategy: Strategy, options: ExecutionOptions, repeats: boolean) {
    this.strategy = strategy;
    this.#program = program;
    this.#options = options;
    this.#repeats = repeats;
  }

  /** The number of the run that is next. */
  get next(): number {
    return this.#next;
  }

  /** True once the strategy has learned what it learns. */
  get hasLearned(): boolean {
    return this.#next >= (this.strategy.learningRuns ?? 0);
  }

  /** Makes the runs of a share, and those before them that the strategy has to learn from. */
  async makeRuns(share: Share, visitor: SearchVisitor): Promise<Ended> {
    return await watchingUncaught(() => this.#makeRuns(share, visitor));
  }

  /** Makes the runs before a number that what the strategy says there depends on. */
  async goTo(number: number): Promise<void> {
    if (this.strategy.skipTo === undefined) return;
    const mayRun = (next: number): Ended | null => (next < number ? null : 'runs');
    await this.makeRuns({ first: number, stride: 1, count: 1 }, { mayRun, runEnded: () => null });
  }

  async #makeRuns(share: Share, visitor: SearchVisitor): Promise<Ended> {
    for (let index = 0; index < share.count;) {
      const number = numberIn(share, index);
      if (this.#next < number && this.hasLearned) this.#next = this.strategy.skipTo!(number);
      const refused = visitor.mayRun(this.#next);
      if (refused !== null) return refused;
      const scheduler = this.strategy.nextRun();
      if (scheduler === null) return 'exhausted';
      const recorder = new TapeRecorder(scheduler);
      const log = this.#repeats && this.#first === null ? new ScheduledLog() : null;
      const instruments = instrumentsOf(scheduler, log);
      const execution = await executeWatched(this.#program, recorder, this.#options, instruments);
      if (log !== null) this.#first = { execution, events: log.events, sites: [], tape: recorder.tape };
      const isOwn = this.strategy.isScouting !== true;
      const run = this.#ended(recorder, execution);
      if (!isOwn) continue;
      this.#next++;
      if (run.number < number) continue;
      index++;
      const enough = visitor.runEnded(run);
      if (enough === null) continue;
      const ended = await enough;
      if (ended !== null) return ended;
    }
    return 'runs';
  }

  /**
   * Makes the first run that was made here once more, and compares: modules may have kept something since.
   * Null if nothing differs, or there was no run.
   */
  async repeatFirst(): Promise<Nondeterminism | null> {
    return this.#first === null ? null : await repeatRun(this.#first, this.#program, this.#options);
  }

  #ended({ choices, tape }: TapeRecorder, { outcome, steps }: Execution): SearchRun {
    const { strategy } = this;
    const { uncovered } = strategy;
    strategy.runEnded({ choices, steps, passed: outcome.kind === 'passed' });
    return { number: this.#next, outcome, tape, covered: strategy.uncovered === uncovered };
  }
}

/** What observes a run; undefined if nothing does. */
function instrumentsOf(scheduler: RunScheduler, log: ScheduledLog | null): readonly Instrument[] | undefined {
  const strategys = observes(scheduler) ? [scheduler] : undefined;
  return log === null ? strategys : [...(strategys ?? []), log];
}

/** False if it hears nothing as an Instrument: then the loop need not tell it. */
function observes(scheduler: RunScheduler): boolean {
  return (
    scheduler.scheduled !== undefined ||
    scheduler.narrowed !== undefined ||
    scheduler.turnStarted !== undefined ||
    scheduler.timeAdvanced !== undefined ||
    scheduler.chosen !== undefined ||
    scheduler.stepStarted !== undefined ||
    scheduler.accessed !== undefined ||
    scheduler.stepEnded !== undefined
  );
}

import type { Instrument, Scheduler } from '@timeloom/loop';
import { encodeToken, ScheduleFollower, ScheduleRecorder, TapeFollower, type Schedule } from '@timeloom/trace';
import { Budget, type BudgetOptions } from './budget.ts';
import { compareRuns, endingOf, traceRun, type Nondeterminism } from './determinism.ts';
import { execute, type ExecutionOptions, type Program, type ProgramSource } from './execution.ts';
import { laterHolds } from './held-steps.ts';
import { failureKey, isSameFailure, type Outcome } from './outcome.ts';
import { explainFailure } from './report/explain.ts';
import type { Explanation } from './report/explanation.ts';
import { shrink } from './shrink.ts';
import { OrderFollower, runOrders, type RunOrders, type StepNaming } from './step-orders.ts';

/** One way in which the program fails. */
export interface Failure {
  /** What makes it this failure: how the run ended, and the first line of what it said. */
  readonly key: string;
  readonly outcome: Outcome;
  /** The number of the first run that failed so, from 1. */
  readonly firstRun: number;
  /** How many runs failed so. */
  readonly count: number;
  /** The smallest schedule that was found to fail so. */
  readonly schedule: Schedule;
  /** Differences from FIFO of the first failing run, before shrinking. */
  readonly differencesBefore: number;
  /**
   * The schedule as a short string, for `replay`. Null if the program did not fail in the same way
   * each time that the schedule was followed: it is not deterministic.
   */
  readonly token: string | null;
  /** Who did what, in which order, and what the nearest order that passes does; null without a token. */
  readonly explanation: Explanation | null;
  /** How two runs of the same schedule differed; null if they did not. */
  readonly nondeterminism: Nondeterminism | null;
}

/** How failures are made small. */
export interface ShrinkOptions {
  /** Most runs of shrinking one failure; default 1,000. It ends after 5,000,000 steps, too. */
  readonly shrinkRuns?: number | undefined;
  /** True lets shrinking go over to another failure of the program that it comes by; default false. */
  readonly shrinkToAny?: boolean | undefined;
}

/** Steps of the runs of shrinking one failure, at most: not every program fails soon. */
const mostShrinkSteps = 5_000_000;

/** The failures of one program so far. */
export class Failures {
  readonly #program: Program | ProgramSource;
  readonly #options: ExecutionOptions;
  readonly #shrinking: ShrinkOptions & BudgetOptions;
  readonly #byKey = new Map<string, Failure>();

  /**
   * @param options how its runs were made.
   * @param shrinking how failures are made small; its budget is that of each of them.
   */
  constructor(
    program: Program | ProgramSource,
    options: ExecutionOptions,
    shrinking: ShrinkOptions & BudgetOptions = {},
  ) {
    this.#program = program;
    this.#options = options;
    this.#shrinking = shrinking;
  }

  /** How many different ones. */
  get size(): number {
    return this.#byKey.size;
  }

  all(): readonly Failure[] {
    return [...this.#byKey.values()];
  }

  /**
   * A run is over. The first of its kind that failed is run again: to see whether it fails again, to
   * shrink it, and to explain it.
   *
   * @param tape the options that it took.
   * @param run its number, from 1.
   */
  async learn(outcome: Outcome, tape: readonly number[], run: number): Promise<void> {
    const key = failureKey(outcome);
    if (key === null) return;
    const failure = this.#byKey.get(key) ?? (await this.#examine(key, outcome, tape, run));
    this.#byKey.set(key, { ...failure, count: failure.count + 1 });
  }

  async #examine(key: string, outcome: Outcome, tape: readonly number[], firstRun: number): Promise<Failure> {
    // What was passed over is recorded for a failure only: it costs as much as there are options.
    const recorder = new ScheduleRecorder(new TapeFollower(tape));
    const first = await traceRun(this.#program, recorder, this.#options);
    const second = await traceRun(this.#program, new TapeFollower(tape), this.#options);
    const nondeterminism = compareRuns([key], first, second);
    const schedule = recorder.schedule();
    const differencesBefore = schedule.differences.length;
    const found = { key, outcome, firstRun, count: 0, schedule, differencesBefore, nondeterminism };
    const repeats = [first, second].every(({ execution }) => endingOf(execution) === key);
    const shrunk = repeats ? await this.#shrink(first.execution.outcome, schedule) : null;
    return { ...found, token: null, explanation: null, ...shrunk };
  }

  /** Null if the smallest schedule does not fail again: then the program is not deterministic after all. */
  async #shrink(failure: Outcome, schedule: Schedule): Promise<Partial<Failure> | null> {
    const program = this.#program;
    const options = this.#options;
    const { shrinkRuns, shrinkToAny = false } = this.#shrinking;
    const wanted = (outcome: Outcome): boolean =>
      isSameFailure(outcome, failure) || (shrinkToAny && outcome.kind !== 'passed');
    const budget = new Budget(this.#shrinking);
    let stepsLeft = mostShrinkSteps;
    const isOver = (): boolean => budget.spent() !== null || stepsLeft < 0;
    const failsAlong = async (
      follower: Scheduler,
      instruments: readonly Instrument[] = [],
    ): Promise<Schedule | null> => {
      if (isOver()) return null;
      const taken = new ScheduleRecorder(follower);
      const execution = await execute(program, taken, {
        ...options,
        instruments: [...(options.instruments ?? []), ...instruments],
      });
      stepsLeft -= execution.steps;
      return wanted(execution.outcome) ? taken.schedule() : null;
    };
    const fails = (candidate: Schedule) => failsAlong(new ScheduleFollower(candidate));
    const orders = (whole: Schedule, naming: StepNaming) => runOrders(program, whole, naming, options);
    const failsInOrder = (candidate: RunOrders) => {
      const follower = new OrderFollower(candidate);
      return failsAlong(follower, [follower]);
    };
    const later = async (whole: Schedule, index: number) =>
      isOver() ? [] : await laterHolds(program, whole, index, options);
    const smallest = (await shrink(schedule, { fails, later, orders, failsInOrder }, shrinkRuns)).schedule;
    const labelled = new ScheduleRecorder(new ScheduleFollower(smallest), { labels: true });
    const execution = await execute(program, labelled, { ...options, awaitSites: Infinity });
    if (!wanted(execution.outcome)) return null;
    return {
      key: endingOf(execution),
      outcome: execution.outcome,
      schedule: smallest,
      token: encodeToken(smallest, labelled.digest()),
      explanation: await explainFailure(program, smallest, options, execution.steps),
    };
  }
}

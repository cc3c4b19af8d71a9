import type { Scheduler } from '@timeloom/loop';
import { ScheduleFollower, type Difference, type Schedule } from '@timeloom/trace';
import { execute, type Execution, type ExecutionOptions, type Program, type ProgramSource } from '../execution.ts';
import { said, type Outcome } from '../outcome.ts';
import type { ErrorData, ExplainedRun, ExplainedStep, Explanation, Neighbour, StepSite, Swap } from './explanation.ts';
import { userFrames } from './frames.ts';
import { RunObserver, type SeenHold, type SeenStep } from './run-observer.ts';
import { framesAt } from './sites.ts';

/** An explained run, and how it was. */
export interface Explained {
  readonly execution: Execution;
  readonly run: ExplainedRun;
  readonly swaps: readonly Swap[];
  /** Choice points of the run. */
  readonly choices: number;
}

interface ExplainOptions {
  /** How many steps the run will have, if that is known. */
  readonly expectedSteps?: number | undefined;
  /** Makes the scheduler of the run from the one that follows the schedule; default: that one. */
  readonly around?: ((observer: RunObserver) => Scheduler) | undefined;
}

/** Runs a program once more along a schedule, with an eye on who does what, where, and why in this order. */
export async function explainRun(
  program: Program | ProgramSource,
  schedule: Schedule,
  options: ExecutionOptions = {},
  { expectedSteps, around = (observer) => observer }: ExplainOptions = {},
): Promise<Explained> {
  const observer = new RunObserver(schedule, expectedSteps);
  const instruments = [...(options.instruments ?? []), observer];
  const execution = await execute(program, around(observer), { ...options, instruments, awaitSites: Infinity });
  observer.ended(execution.steps);
  const lanes = new LaneNames();
  const run = describeRun(observer, execution.outcome, lanes);
  return { execution, run, swaps: describeSwaps(schedule, observer, lanes), choices: observer.choices };
}

/** Steps of the runs that are made in search of a passing one, at most. */
const mostSteps = 1_000_000;

/**
 * Explains a failing schedule, which must be a small one.
 *
 * @param steps of the failing run.
 */
export async function explainFailure(
  program: Program | ProgramSource,
  schedule: Schedule,
  options: ExecutionOptions,
  steps: number,
): Promise<Explanation> {
  const { run, swaps, choices } = await explainRun(program, schedule, options, { expectedSteps: steps });
  let stepsLeft = mostSteps;
  for (const candidate of neighbours(schedule, choices)) {
    const other = await execute(program, new ScheduleFollower(candidate.schedule), options);
    if (other.outcome.kind === 'passed') {
      const explained = await explainRun(program, candidate.schedule, options, { expectedSteps: other.steps });
      // A program that is not deterministic may fail now.
      if (explained.run.outcome === 'passed') return { run, swaps, neighbour: { ...candidate, run: explained.run } };
    }
    stepsLeft -= other.steps;
    if (stepsLeft < 0) break;
  }
  return { run, swaps, neighbour: null };
}

/** What was thrown, as data. */
export function errorData(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { name: typeof error, message: said(error), frames: [] };
  // A message may have lines that look like frames, as that of a deadlock.
  const { name, message, stack = '' } = error;
  const head = stack.indexOf(message);
  return { name, message, frames: userFrames({ stack: head < 0 ? stack : stack.slice(head + message.length) }) };
}

/** Columns, in the order in which their tasks first do something. */
class LaneNames {
  readonly names: string[] = [];
  readonly #columns = new Map<string, number>();

  /** The column of a step's owner. */
  of({ owner }: SeenStep): number {
    let column = this.#columns.get(owner.path);
    if (column === undefined) {
      column = this.names.push(owner.lane?.label ?? 'loop') - 1;
      this.#columns.set(owner.path, column);
    }
    return column;
  }
}

function describeRun(observer: RunObserver, outcome: Outcome, lanes: LaneNames): ExplainedRun {
  const steps = observer.steps.map((step): ExplainedStep => {
    const { kind, number, time, inline } = step;
    const at = framesAt(step.site).frames[0]?.place ?? null;
    return { kind, number, time, lane: lanes.of(step), label: labelOf(step), inline, at };
  });
  const error = outcome.kind === 'passed' ? null : errorData(outcome.error);
  return { outcome: outcome.kind, error, lanes: lanes.names, steps, omitted: observer.dropped };
}

/** The label of a task's step begins with the task's name, which the column has. */
function labelOf({ label, owner }: SeenStep): string {
  const name = owner.lane?.label;
  if (name === undefined || !label.startsWith(name)) return label;
  return /^:? +(.+)$/s.exec(label.slice(name.length))?.[1] ?? label;
}

function describeSwaps({ differences }: Schedule, observer: RunObserver, lanes: LaneNames): readonly Swap[] {
  return differences.flatMap((difference, index): Swap[] => {
    const seen = observer.differences.get(index);
    if (seen === undefined) return [];
    if (seen.kind === 'hold') return [describeHold(difference, seen, lanes)];
    const { taken, least, time, site } = seen;
    return [{ kind: 'drawn', difference, taken, least, time, frames: userFrames(site) }];
  });
}

function describeHold(difference: Difference, hold: SeenHold, lanes: LaneNames): Swap {
  const { held, from, ran, overtakers, lastOvertaker } = hold;
  const siteOf = (step: SeenStep, number: number | null): StepSite => {
    const { cause, frames } = framesAt(step.site);
    return { number, lane: lanes.of(step), label: labelOf(step), cause, frames };
  };
  return {
    kind: 'held',
    difference,
    held: siteOf(ran ?? held, ran?.number ?? null),
    from,
    overtakers,
    overtaker: lastOvertaker === null ? null : siteOf(lastOvertaker, lastOvertaker.number),
  };
}

/** Places at which a difference is added in search of a run that passes, at most. */
const mostAdded = 32;

/** Differences that are shortened or removed, at most: a schedule that was not shrunk may have thousands. */
const mostChanged = 32;

/** Longer than any run. */
const forGood = 1e6;

/**
 * Schedules that might pass, the nearest first: one difference is less, then one is gone, then all are;
 * then one is more. The last difference is the one that the failure is closest to.
 */
function* neighbours({ differences }: Schedule, choices: number): Generator<Omit<Neighbour, 'run'>> {
  const first = Math.max(0, differences.length - mostChanged);
  for (let index = differences.length - 1; index >= first; index--) {
    const shorter = shortened(differences[index]!);
    if (shorter === null) continue;
    yield { change: 'shortened', index, schedule: { differences: differences.with(index, shorter) } };
  }
  for (let index = differences.length - 1; index >= first; index--) {
    yield { change: 'removed', index, schedule: { differences: differences.toSpliced(index, 1) } };
  }
  if (differences.length > 1) yield { change: 'fifo', index: null, schedule: { differences: [] } };
  const end = differences.at(-1)?.at ?? -1;
  for (const length of [1, forGood]) {
    for (let at = end + 1; at < Math.min(choices, end + 1 + mostAdded); at++) {
      const added: Difference = { kind: 'hold', at, option: 0, until: at + length };
      yield { change: 'added', index: differences.length, schedule: { differences: [...differences, added] } };
    }
  }
}

function shortened(difference: Difference): Difference | null {
  if (difference.kind === 'take')
    return difference.option > 1 ? { ...difference, option: difference.option - 1 } : null;
  return difference.until - difference.at > 1 ? { ...difference, until: difference.until - 1 } : null;
}

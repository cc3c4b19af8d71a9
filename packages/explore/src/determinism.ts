import {
  checkLimit,
  FifoScheduler,
  runningLoop,
  show,
  TimerHandle,
  type ChoicePoint,
  type Handle,
  type Instrument,
  type Scheduler,
} from '@timeloom/loop';
import {
  firstDifference,
  Recorder,
  TapeFollower,
  TapeRecorder,
  type TraceDifference,
  type TraceEvent,
} from '@timeloom/trace';
import { execute, type Execution, type ExecutionOptions, type Program, type ProgramSource } from './execution.ts';
import { searchLimits } from './limits.ts';
import { failureKey } from './outcome.ts';
import { isProgram } from './program-module.ts';
import { captureStack, type Frame } from './report/frames.ts';
import { framesAt, Sites, type Site } from './report/sites.ts';
import { makeStrategy } from './strategies/index.ts';
import { count } from './strategies/wording.ts';

/** How two runs of one schedule came to differ. All of it survives JSON. */
export interface Nondeterminism {
  /** The first event that differs; null if only the ends do. */
  readonly difference: TraceDifference | null;
  /** Where in the user's code the first run was then, innermost first; empty for the first run of a search. */
  readonly expectedFrames: readonly Frame[];
  /** Where the second run was. */
  readonly foundFrames: readonly Frame[];
  /** How each of the runs ended: the key of its failure, or `passed`. */
  readonly endings: readonly string[];
}

export interface DeterminismOptions extends ExecutionOptions {
  /** How many schedules to try, each in two runs; default 10. */
  readonly runs?: number | undefined;
  /** Of the schedules, the first of which is first in, first out; default 0. */
  readonly seed?: number | string | undefined;
}

/**
 * Runs a program twice along each of several schedules, and compares all that happens.
 *
 * @returns the first difference; null if there is none.
 * @throws TypeError, RangeError for bad arguments, naming them.
 */
export async function checkDeterminism(
  program: Program | ProgramSource,
  options: DeterminismOptions = {},
): Promise<Nondeterminism | null> {
  if (!isProgram(program)) throw new TypeError(`checkDeterminism() expects a function, got ${show(program)}`);
  const { runs = 10, seed = 0, ...others } = options;
  checkLimit('runs', runs);
  const execution = { ...searchLimits, ...others };
  const strategy = makeStrategy('random', { seed });
  for (let run = 0; run < runs; run++) {
    const scheduler = run === 0 ? new FifoScheduler() : strategy.nextRun();
    if (scheduler === null) break;
    const tape = new TapeRecorder(scheduler);
    const first = await traceRun(program, tape, execution);
    const { outcome, steps } = first.execution;
    if (run > 0) strategy.runEnded({ choices: tape.choices, steps, passed: outcome.kind === 'passed' });
    const second = await traceRun(program, new TapeFollower(tape.tape), execution);
    const found = compareRuns([], first, second);
    if (found !== null) return found;
  }
  return null;
}

/** A run with all that happened in it. */
export interface TracedRun {
  readonly execution: Execution;
  readonly events: readonly TraceEvent[];
  /** Where the run was at each of the first events. */
  readonly sites: readonly (Site | null)[];
}

/** Events that are compared, at most: the traces of two long runs need memory. */
const mostEvents = 200_000;

/** Events whose places are remembered, at most. */
const mostSites = 20_000;

/** Runs a program once, and records everything. */
export async function traceRun(
  program: Program | ProgramSource,
  scheduler: Scheduler,
  options: ExecutionOptions,
): Promise<TracedRun> {
  const events: TraceEvent[] = [];
  const sites: (Site | null)[] = [];
  const places = new LastSite();
  const onEvent = (event: TraceEvent): void => {
    if (events.length >= mostEvents) return;
    if (events.push(event) <= mostSites) sites.push(places.last);
    else places.stop();
  };
  const recorder = new Recorder({ kinds: ['time', 'choice', 'step', 'scheduled'], onEvent });
  const instruments = [...(options.instruments ?? []), places, recorder];
  const execution = await execute(program, scheduler, { ...options, instruments, awaitSites: Infinity });
  return { execution, events, sites };
}

/** A run that can be repeated later. */
export interface RepeatableRun extends TracedRun {
  /** The option that was taken at each choice point. */
  readonly tape: readonly number[];
}

/** Runs the schedule of an earlier run again: what is not the same now? Null if nothing is. */
export async function repeatRun(
  first: RepeatableRun,
  program: Program | ProgramSource,
  options: ExecutionOptions,
): Promise<Nondeterminism | null> {
  const log = new ScheduledLog();
  const instruments = [...(options.instruments ?? []), log];
  const execution = await execute(program, new TapeFollower(first.tape), { ...options, instruments });
  const found = compareRuns([], first, { execution, events: log.events, sites: [] });
  if (found === null) return differentTotals(first.execution, execution);
  // Once more for the place; unless it is different each time.
  const traced = await traceRun(program, new TapeFollower(first.tape), options);
  return { ...found, foundFrames: framesOfScheduled(traced, found.difference) };
}

/** Where a run was at a difference of what was scheduled; empty if that is another one now. */
function framesOfScheduled({ events, sites }: TracedRun, difference: TraceDifference | null): readonly Frame[] {
  if (difference === null) return [];
  const indices = events.flatMap(({ kind }, index) => (kind === 'scheduled' ? [index] : []));
  const index = indices[difference.index] ?? -1;
  const site = sites[index] ?? null;
  return site === null || labelOf(events[index]!) !== labelOf(difference.found) ? [] : framesAt(site).frames;
}

function labelOf(event: TraceEvent | null): string | null {
  return event?.kind === 'scheduled' ? event.label : null;
}

function differentTotals(first: Execution, second: Execution): Nondeterminism | null {
  if (first.steps === second.steps && first.time === second.time) return null;
  const endings = [first, second].map((one) => `${endingOf(one)}, ${count(one.steps, 'step')}, ${one.time} ms`);
  return { difference: null, expectedFrames: [], foundFrames: [], endings };
}

/**
 * Records what is scheduled in a run, which tells of the steps before as well. It observes that one thing
 * because the engine compiles the loop for what it has seen: an instrument for all of it, in the first run
 * only, would slow all other runs down by some percent.
 */
export class ScheduledLog implements Instrument {
  readonly events: TraceEvent[] = [];
  #time = 0;
  #turn = 0;

  scheduled(handle: Handle): void {
    if (this.events.length >= mostEvents) return;
    const loop = runningLoop();
    if (loop !== null) {
      this.#time = loop.time();
      this.#turn = loop.statistics().turns;
    }
    const when = handle instanceof TimerHandle ? handle.when : null;
    const { label, lane } = handle;
    const at = { time: this.#time, turn: this.#turn };
    this.events.push({ kind: 'scheduled', ...at, label, lane: lane?.label ?? null, when });
  }
}

/**
 * What is not the same in two runs of one schedule; null if nothing is.
 *
 * @param endings how earlier runs of it ended.
 */
export function compareRuns(endings: readonly string[], first: TracedRun, second: TracedRun): Nondeterminism | null {
  const difference = firstDifference(first.events, second.events);
  const all = [...endings, endingOf(first.execution), endingOf(second.execution)];
  if (difference === null && new Set(all).size === 1) return null;
  const framesOf = ({ sites }: TracedRun): readonly Frame[] => {
    const site = difference === null ? null : (sites[difference.index] ?? null);
    return site === null ? [] : framesAt(site).frames;
  };
  return { difference, expectedFrames: framesOf(first), foundFrames: framesOf(second), endings: all };
}

/** How a run ended: the key of its failure, or `passed`. */
export function endingOf({ outcome }: Pick<Execution, 'outcome'>): string {
  return failureKey(outcome) ?? 'passed';
}

/** Where the run is, for a Recorder that observes behind it. */
class LastSite implements Instrument {
  last: Site | null = null;
  readonly #sites = new Sites();

  /** Remembers no more. */
  stop(): void {
    this.#sites.enabled = false;
  }

  scheduled(handle: Handle): void {
    this.#sites.scheduled(handle);
    this.last = { awaited: null, scheduled: this.#sites.of(handle).scheduled };
  }

  timeAdvanced(): void {
    this.last = null;
  }

  chosen({ kind }: ChoicePoint): void {
    // Latencies and values are drawn by the program; which handle runs, by the loop.
    this.last = kind === 'handle' ? null : { awaited: null, scheduled: captureStack() };
  }

  stepStarted(handle: Handle): void {
    this.#sites.stepStarted();
    this.last = this.#sites.of(handle);
  }

  stepEnded(): void {
    this.#sites.stepEnded();
  }
}

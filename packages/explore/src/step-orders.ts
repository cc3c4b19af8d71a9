import type { ChoicePoint, Handle, Instrument, Scheduler } from '@timeloom/loop';
import { ScheduleFollower, type Schedule } from '@timeloom/trace';
import { execute, type ExecutionOptions, type Program, type ProgramSource } from './execution.ts';
import { pathOfCalls } from './report/frames.ts';
import { Owners } from './report/owners.ts';

/** A choice of a step. That of a timer that is not due lets its time come, so there may be more before it runs. */
export interface StepChoice {
  readonly step: string;
  /** How often it was chosen before. */
  readonly times: number;
}

/**
 * That a step waits for another one, which comes later in first in, first out. Unlike a hold, it is about
 * steps and not about numbers of choices: it says the same when another one is taken away.
 */
export interface StepOrder {
  /** What is held back. */
  readonly held: StepChoice;
  /** The last that overtakes it; null if it is held as long as anything else is ready. */
  readonly behind: StepChoice | null;
}

/**
 * What a step is known by in runs of other orders, besides its label, if it is not that of a task:
 *
 *  - `label`: nothing else. Steps that have the same label may be taken for each other.
 *  - `place`: where it was made, and what waits for that, as far as the engine knows.
 *  - `cause`: the step that made it, the one that made that, and so on. Behind a wait for several steps that
 *    is the last of them, which is another one in another order.
 */
export type StepNaming = 'label' | 'place' | 'cause';

/**
 * A run as orders of two steps each, and the other options that it took, of latencies and values. All of
 * them together make the run; with none it is first in, first out.
 */
export interface RunOrders {
  readonly naming: StepNaming;
  readonly orders: readonly StepOrder[];
  /** By the number of the choice, among those of latencies and values. */
  readonly options: readonly number[];
}

/** The orders that a run was read as. */
export interface ReadOrders extends RunOrders {
  /** The first choice of each step that was made. */
  readonly steps: readonly StepChoice[];
  /** Whether several steps would have the same name, were it not for their numbers. */
  readonly ambiguous: boolean;
}

/** What makes the run along a schedule. */
export async function runOrders(
  program: Program | ProgramSource,
  schedule: Schedule,
  naming: StepNaming,
  options: ExecutionOptions,
): Promise<ReadOrders> {
  const reader = new OrderReader(schedule, naming);
  await execute(program, reader, { ...options, instruments: [...(options.instruments ?? []), reader] });
  const { orders, names, ambiguous } = reader;
  const steps = names.map((step): StepChoice => ({ step, times: 0 }));
  return { naming, orders, options: reader.options, steps, ambiguous };
}

/** A step of one run. */
interface NamedStep {
  readonly name: string;
  /** Of its handle: one that runs and is scheduled again is another step. */
  readonly sequence: number;
  timesChosen: number;
  isOver: boolean;
}

/**
 * Names of steps that are the same in runs of other orders: a step of a task by who made the task, any other
 * as a StepNaming says; and by how many were named so before.
 */
class StepNames extends Owners implements Instrument {
  readonly #naming: StepNaming;
  readonly #counts = new Map<string, number>();
  readonly #byHandle = new WeakMap<Handle, NamedStep>();
  readonly #byName = new Map<string, NamedStep>();
  /** Whether two steps that are not of a task would have the same name. */
  ambiguous = false;
  /** The name of the step that is running, in short. */
  #cause = '';

  constructor(naming: StepNaming) {
    super();
    this.#naming = naming;
  }

  override scheduled(handle: Handle): void {
    super.scheduled(handle);
    this.stepOf(handle);
  }

  override stepStarted(handle: Handle): void {
    super.stepStarted(handle);
    const step = this.stepOf(handle);
    step.isOver = true;
    if (this.#naming === 'cause') this.#cause = shortened(step.name);
  }

  override stepEnded(): void {
    super.stepEnded();
    this.#cause = '';
  }

  protected stepOf(handle: Handle): NamedStep {
    const known = this.#byHandle.get(handle);
    if (known?.sequence === handle.sequence) return known;
    const kind = this.#kindOf(handle);
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count > 1 && handle.lane === null) this.ambiguous = true;
    const step = { name: `${kind} ${count}`, sequence: handle.sequence, timesChosen: 0, isOver: false };
    this.#byHandle.set(handle, step);
    this.#byName.set(step.name, step);
    return step;
  }

  /** Of all steps so far, in the order in which they were made. */
  get names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  /** Undefined if there is none so far. */
  protected stepNamed(name: string): NamedStep | undefined {
    return this.#byName.get(name);
  }

  #kindOf(handle: Handle): string {
    if (handle.lane !== null) return `task ${this.of(handle).path}`;
    if (this.#naming === 'label') return handle.label;
    const from = this.#naming === 'cause' ? this.#cause : shortened(pathOfCalls());
    return `${from} > ${handle.label}`;
  }
}

class OrderReader extends StepNames implements Scheduler {
  readonly options: number[] = [];
  readonly orders: StepOrder[] = [];
  readonly #follower: ScheduleFollower;
  /** Where in `orders` the last one of a step is. */
  readonly #places = new Map<NamedStep, number>();

  constructor(schedule: Schedule, naming: StepNaming) {
    super(naming);
    this.#follower = new ScheduleFollower(schedule);
  }

  choose(point: ChoicePoint): number {
    const option = this.#follower.choose(point);
    if (point.kind === 'handle') this.#overtakes(point, option);
    else this.options.push(option);
    return option;
  }

  #overtakes(point: ChoicePoint, option: number): void {
    const chosen = this.stepOf(point.handleOf(option)!);
    const behind = nextChoiceOf(chosen);
    for (let i = 0; i < option; i++) this.#isHeld(this.stepOf(point.handleOf(i)!), behind);
    chosen.timesChosen++;
  }

  #isHeld(step: NamedStep, behind: StepChoice): void {
    const place = this.#places.get(step);
    const held = place === undefined ? undefined : this.orders[place]!.held;
    if (held?.times === step.timesChosen) this.orders[place!] = { held, behind };
    else this.#places.set(step, this.orders.push({ held: nextChoiceOf(step), behind }) - 1);
  }
}

/** Takes, in one run, the first step that does not wait for another one; if all do, the first. */
export class OrderFollower extends StepNames implements Scheduler {
  /** By the name of what is held, then by how often it was chosen before. */
  readonly #orders = new Map<string, Map<number, StepOrder>>();
  readonly #options: readonly number[];
  #next = 0;

  constructor({ naming, orders, options }: RunOrders) {
    super(naming);
    this.#options = options;
    for (const order of orders) {
      const { step, times } = order.held;
      const ofStep = this.#orders.get(step);
      if (ofStep === undefined) this.#orders.set(step, new Map([[times, order]]));
      else ofStep.set(times, order);
    }
  }

  choose(point: ChoicePoint): number {
    if (point.kind !== 'handle') return Math.min(this.#options[this.#next++] ?? 0, point.size - 1);
    const option = this.#firstFree(point);
    this.stepOf(point.handleOf(option)!).timesChosen++;
    return option;
  }

  #firstFree(point: ChoicePoint): number {
    for (let option = 0; option < point.size; option++) {
      if (!this.#waits(this.stepOf(point.handleOf(option)!))) return option;
    }
    return 0;
  }

  #waits({ name, timesChosen }: NamedStep): boolean {
    const order = this.#orders.get(name)?.get(timesChosen);
    if (order === undefined) return false;
    if (order.behind === null) return true;
    const behind = this.stepNamed(order.behind.step);
    return behind === undefined || !(behind.isOver || behind.timesChosen > order.behind.times);
  }
}

/**
 * Fewer orders: all but one, in each way that there is; then all but two, with a step that is held for good. The steps
 * come in groups: all that those of one have to offer is before any of the next.
 */
export function* withFewer(
  all: readonly StepOrder[],
  groups: readonly (readonly StepChoice[])[],
): Generator<readonly StepOrder[]> {
  for (let one = all.length - 1; one >= 0; one--) yield all.toSpliced(one, 1);
  for (const steps of groups) {
    for (let one = all.length - 1; one > 0; one--) {
      for (let other = one - 1; other >= 0; other--) {
        const kept = all.toSpliced(one, 1).toSpliced(other, 1);
        for (const held of steps) yield [...kept, { held, behind: null }];
      }
    }
  }
}

function nextChoiceOf({ name, timesChosen }: NamedStep): StepChoice {
  return { step: name, times: timesChosen };
}

/** Names have those of causes in them, and must not get longer each time: FNV-1a. */
function shortened(name: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}

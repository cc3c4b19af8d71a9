import type { ChoicePoint, Handle, Instrument, Scheduler } from '@timeloom/loop';
import { ScheduleFollower, type Schedule } from '@timeloom/trace';
import { execute, type ExecutionOptions, type Program, type ProgramSource } from './execution.ts';
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
 * A run as orders of two steps each, and the other options that it took, of latencies and values. All of
 * them together make the run; with none it is first in, first out.
 */
export interface RunOrders {
  readonly orders: readonly StepOrder[];
  /** By the number of the choice, among those of latencies and values. */
  readonly options: readonly number[];
}

/** What makes the run along a schedule. */
export async function runOrders(
  program: Program | ProgramSource,
  schedule: Schedule,
  options: ExecutionOptions,
): Promise<RunOrders> {
  const reader = new OrderReader(schedule);
  await execute(program, reader, { ...options, instruments: [...(options.instruments ?? []), reader] });
  return { orders: reader.orders(), options: reader.options };
}

/**
 * Names of steps that are the same in runs of other orders: a step of a task by who made the task, and how
 * many steps it has had; any other by its label, and how many had that label before.
 */
class StepNames extends Owners implements Instrument {
  readonly #chosen = new Map<string, number>();
  readonly #counts = new Map<string, number>();
  readonly #names = new WeakMap<Handle, { readonly sequence: number; readonly name: string }>();

  override scheduled(handle: Handle): void {
    super.scheduled(handle);
    this.nameOf(handle);
  }

  protected nameOf(handle: Handle): string {
    const { sequence } = handle;
    const known = this.#names.get(handle);
    // A handle that runs and is scheduled again is another step.
    if (known?.sequence === sequence) return known.name;
    const kind = handle.lane === null ? handle.label : `task ${this.of(handle).path}`;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const name = `${kind} ${count}`;
    this.#names.set(handle, { sequence, name });
    return name;
  }

  /** The next choice of a step. */
  protected choiceOf(handle: Handle): StepChoice {
    const step = this.nameOf(handle);
    return { step, times: this.timesChosen(step) };
  }

  protected timesChosen(step: string): number {
    return this.#chosen.get(step) ?? 0;
  }

  protected chose(handle: Handle): void {
    const step = this.nameOf(handle);
    this.#chosen.set(step, this.timesChosen(step) + 1);
  }
}

class OrderReader extends StepNames implements Scheduler {
  readonly options: number[] = [];
  readonly #follower: ScheduleFollower;
  /** By what is held, as a key. */
  readonly #orders = new Map<string, StepOrder>();

  constructor(schedule: Schedule) {
    super();
    this.#follower = new ScheduleFollower(schedule);
  }

  orders(): readonly StepOrder[] {
    return [...this.#orders.values()];
  }

  choose(point: ChoicePoint): number {
    const option = this.#follower.choose(point);
    if (point.kind === 'handle') this.#overtakes(point, option);
    else this.options.push(option);
    return option;
  }

  #overtakes(point: ChoicePoint, option: number): void {
    const chosen = point.handleOf(option)!;
    const behind = this.choiceOf(chosen);
    for (let i = 0; i < option; i++) {
      const held = this.choiceOf(point.handleOf(i)!);
      this.#orders.set(keyOf(held), { held, behind });
    }
    this.chose(chosen);
  }
}

/** Takes, in one run, the first step that does not wait for another one; if all do, the first. */
export class OrderFollower extends StepNames implements Scheduler {
  readonly #orders: ReadonlyMap<string, StepOrder>;
  readonly #options: readonly number[];
  readonly #over = new Set<string>();
  #next = 0;

  constructor({ orders, options }: RunOrders) {
    super();
    this.#orders = new Map(orders.map((order) => [keyOf(order.held), order]));
    this.#options = options;
  }

  override stepStarted(handle: Handle): void {
    this.#over.add(this.nameOf(handle));
    super.stepStarted(handle);
  }

  choose(point: ChoicePoint): number {
    if (point.kind !== 'handle') return Math.min(this.#options[this.#next++] ?? 0, point.size - 1);
    const option = this.#firstFree(point);
    this.chose(point.handleOf(option)!);
    return option;
  }

  #firstFree(point: ChoicePoint): number {
    for (let option = 0; option < point.size; option++) {
      if (!this.#waits(this.choiceOf(point.handleOf(option)!))) return option;
    }
    return 0;
  }

  #waits(held: StepChoice): boolean {
    const order = this.#orders.get(keyOf(held));
    if (order === undefined) return false;
    const { behind } = order;
    return behind === null || !(this.#over.has(behind.step) || this.timesChosen(behind.step) > behind.times);
  }
}

function keyOf({ step, times }: StepChoice): string {
  return `${step}, choice ${times}`;
}

import type { ChoicePoint, Handle, Instrument, Scheduler } from '@timeloom/loop';
import { ScheduleFollower, type Schedule } from '@timeloom/trace';
import { execute, type ExecutionOptions, type Program, type ProgramSource } from './execution.ts';
import { Owners } from './report/owners.ts';

/**
 * That a step waits for another one, which comes later in first in, first out. Unlike a hold, it is about
 * steps and not about numbers of choices: it says the same when another one is taken away.
 */
export interface StepOrder {
  /** The step that is held back. */
  readonly held: string;
  /** The last of the steps that overtake it; null if it is held as long as anything else is ready. */
  readonly behind: string | null;
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
}

class OrderReader extends StepNames implements Scheduler {
  readonly options: number[] = [];
  readonly #follower: ScheduleFollower;
  /** By the step that is held. */
  readonly #behind = new Map<string, string>();

  constructor(schedule: Schedule) {
    super();
    this.#follower = new ScheduleFollower(schedule);
  }

  orders(): readonly StepOrder[] {
    return [...this.#behind].map(([held, behind]) => ({ held, behind }));
  }

  choose(point: ChoicePoint): number {
    const option = this.#follower.choose(point);
    if (point.kind === 'handle') this.#overtakes(point, option);
    else this.options.push(option);
    return option;
  }

  #overtakes(point: ChoicePoint, option: number): void {
    const behind = this.nameOf(point.handleOf(option)!);
    for (let i = 0; i < option; i++) this.#behind.set(this.nameOf(point.handleOf(i)!), behind);
  }
}

/** Takes, in one run, the first step that does not wait for another one; if all do, the first. */
export class OrderFollower extends StepNames implements Scheduler {
  readonly #behind: ReadonlyMap<string, string | null>;
  readonly #options: readonly number[];
  readonly #over = new Set<string>();
  #next = 0;

  constructor({ orders, options }: RunOrders) {
    super();
    this.#behind = new Map(orders.map(({ held, behind }) => [held, behind]));
    this.#options = options;
  }

  override stepStarted(handle: Handle): void {
    super.stepStarted(handle);
    this.#over.add(this.nameOf(handle));
  }

  choose(point: ChoicePoint): number {
    if (point.kind !== 'handle') return Math.min(this.#options[this.#next++] ?? 0, point.size - 1);
    for (let option = 0; option < point.size; option++) {
      const behind = this.#behind.get(this.nameOf(point.handleOf(option)!));
      if (behind === undefined || (behind !== null && this.#over.has(behind))) return option;
    }
    return 0;
  }
}

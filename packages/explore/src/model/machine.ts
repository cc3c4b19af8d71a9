import { Handle, type AccessMode, type ChoicePoint, type Lane } from '@timeloom/loop';
import type { RunScheduler, RunSummary, Strategy } from '../strategy.ts';

/**
 * A loop reduced to what strategies see of one with `reorder: 'free'`: lanes, each with one pending
 * step, and the choice of the next. Without clock, microtasks and macrotasks, it makes millions of
 * steps a second, which the papers' probabilities need.
 */

/** What a lane is about to do. */
export interface Op {
  readonly access?: { readonly object: object; readonly mode: AccessMode };
  /** False while the lane has to wait, e.g. for a lock. */
  readonly enabled?: () => boolean;
}

/** A lane's program: what comes after a `yield` is done when the op that was yielded is chosen. */
export type Body = Iterator<Op, void>;

export const step: Op = {};
export const read = (object: object): Op => ({ access: { object, mode: 'read' } });
export const write = (object: object): Op => ({ access: { object, mode: 'write' } });

class OpHandle extends Handle {
  declare readonly lane: ModelLane;
  readonly access: Op['access'];
  readonly enabled: (() => boolean) | undefined;

  constructor(lane: ModelLane, { access, enabled }: Op) {
    super(lane, undefined);
    this.access = access;
    this.enabled = enabled;
  }

  run(): void {}

  get label(): string {
    return this.lane.label;
  }
}

export class ModelLane implements Lane {
  readonly label: string;
  readonly body: Body;
  done = false;

  constructor(label: string, body: Body) {
    this.label = label;
    this.body = body;
  }
}

/** A lane of `count` equal steps. */
export class Steps implements Body {
  #left: number;
  readonly #act: () => void;

  constructor(count: number, act: () => void) {
    this.#left = count + 1;
    this.#act = act;
  }

  #begun = false;

  next(): IteratorResult<Op, void> {
    if (this.#begun) this.#act();
    this.#begun = true;
    return --this.#left > 0 ? { done: false, value: step } : { done: true, value: undefined };
  }
}

class ModelPoint implements ChoicePoint {
  readonly kind = 'handle';
  readonly time = 0;
  readonly size: number;
  readonly changed = true;
  readonly #handles: readonly Handle[];

  constructor(handles: readonly Handle[]) {
    this.#handles = handles;
    this.size = handles.length;
  }

  labelOf(option: number): string {
    return this.#handles[option]!.label;
  }

  handleOf(option: number): Handle {
    return this.#handles[option]!;
  }

  indexOf(handle: Handle): number {
    return this.#handles.indexOf(handle);
  }
}

/** One run of a model. */
export class Machine {
  readonly #scheduler: RunScheduler;
  readonly #pending: OpHandle[] = [];
  #lanes = 0;
  #stopped = false;

  constructor(scheduler: RunScheduler) {
    this.#scheduler = scheduler;
  }

  /** Declares a new object that lanes will access. */
  share<T extends object>(object: T): T {
    this.#scheduler.accessed?.(object, 'create');
    return object;
  }

  /** Starts a lane; it must not do anything before its first `yield`. */
  spawn(body: Body): ModelLane {
    const lane = new ModelLane(`lane ${this.#lanes++}`, body);
    this.#advance(lane);
    return lane;
  }

  /** Ends the run after this step. */
  stop(): void {
    this.#stopped = true;
  }

  run(): RunSummary {
    const scheduler = this.#scheduler;
    let choices = 0;
    let steps = 0;
    while (!this.#stopped && this.#pending.length > 0) {
      const ready = this.#pending.filter(({ enabled }) => enabled === undefined || enabled());
      if (ready.length === 0) throw new Error('The model is deadlocked');
      if (ready.length > 1) choices++;
      const handle = ready[ready.length > 1 ? scheduler.choose(new ModelPoint(ready)) : 0]!;
      this.#pending.splice(this.#pending.indexOf(handle), 1);
      steps++;
      scheduler.stepStarted?.(handle, 0);
      if (handle.access !== undefined) scheduler.accessed?.(handle.access.object, handle.access.mode);
      this.#advance(handle.lane);
      scheduler.stepEnded?.(handle, 0);
    }
    return { choices, steps, passed: !this.#stopped };
  }

  #advance(lane: ModelLane): void {
    const { done, value } = lane.body.next();
    lane.done = done === true;
    if (done === true) return;
    const handle = new OpHandle(lane, value);
    this.#pending.push(handle);
    this.#scheduler.scheduled?.(handle);
  }
}

/** Runs a model until the strategy ends or `runs` are over; gives what each run returned. */
export function search<T>(strategy: Strategy, model: (machine: Machine) => () => T, runs: number): T[] {
  const results: T[] = [];
  for (let i = 0; i < runs; i++) {
    const scheduler = strategy.nextRun();
    if (scheduler === null) break;
    const machine = new Machine(scheduler);
    const result = model(machine);
    strategy.runEnded(machine.run());
    results.push(result());
  }
  return results;
}

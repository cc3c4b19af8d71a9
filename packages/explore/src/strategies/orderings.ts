import type { AccessMode } from '@timeloom/loop';
import type { LanePath } from './lanes.ts';
import type { SharedObject, StepAccesses } from './shared-objects.ts';

/** The accesses to one object, so far. */
interface History {
  readonly number: number;
  /** How often each lane accessed it. */
  readonly times: Map<LanePath, number>;
  lastWrite: string;
  /** Those since the last write that read, or that added. */
  others: string[];
}

/**
 * The pairs of conflicting accesses of one run that came one after the other, as words that mean the
 * same in every run: what reads from which write, and what is written behind what.
 */
export class Orderings {
  readonly #histories = new Map<SharedObject, History>();
  /** Of each step, what it showed. */
  readonly #pairs: (readonly string[])[] = [];
  readonly #stepsOf = new Map<LanePath, number>();
  #lastStep = 'start';
  #sharesAny = false;

  /** @param step what a step of a lane accessed, which is the last one that was. */
  add(path: LanePath, step: StepAccesses): void {
    const pairs: string[] = [];
    for (const object of step.objects) {
      // When futures are done follows from the rest.
      if (object.isFuture) continue;
      this.#sharesAny = true;
      this.#access(path, object, object.modeIn(step)!, pairs);
    }
    if (!this.#sharesAny) pairs.push(this.#follow(path));
    this.#pairs.push(pairs);
  }

  #access(path: LanePath, object: SharedObject, mode: AccessMode, pairs: string[]): void {
    const history = this.#historyOf(object);
    const times = (history.times.get(path) ?? 0) + 1;
    history.times.set(path, times);
    const access = `${path}#${times}`;
    const writes = mode === 'write' || mode === 'create';
    const before = writes && history.others.length > 0 ? history.others : [history.lastWrite];
    for (const earlier of before) pairs.push(`${history.number}: ${earlier} > ${access}`);
    if (!writes) {
      history.others.push(access);
      return;
    }
    history.lastWrite = access;
    history.others = [];
  }

  #historyOf(object: SharedObject): History {
    let history = this.#histories.get(object);
    if (history === undefined) {
      history = { number: object.number, times: new Map(), lastWrite: 'start', others: [] };
      this.#histories.set(object, history);
    }
    return history;
  }

  /** Where nothing is declared: which step followed which. */
  #follow(path: LanePath): string {
    const times = (this.#stepsOf.get(path) ?? 0) + 1;
    this.#stepsOf.set(path, times);
    const step = `${path}#${times}`;
    const pair = `${this.#lastStep} > ${step}`;
    this.#lastStep = step;
    return pair;
  }

  /** What the first steps of the run showed; the others were its cleanup. */
  upTo(steps: number): readonly string[] {
    return this.#pairs.slice(0, steps).flat();
  }
}

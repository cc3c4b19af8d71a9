import { read, step, write, type Body, type Machine, type ModelLane, type Op } from './machine.ts';

/** Programs of the papers, at the level of their operations. Each tells afterwards whether its bug showed. */

/** Sets up a run; what it gives tells afterwards what came of it. */
export type Model<T> = (machine: Machine) => () => T;

/** All threads are made by a main thread, one a step, which then waits for them. */
function* mainThread(machine: Machine, threads: readonly (() => Body)[]): Generator<Op, void> {
  const lanes: ModelLane[] = [];
  for (const thread of threads) {
    yield step;
    lanes.push(machine.spawn(thread()));
  }
  for (const lane of lanes) yield { enabled: () => lane.done };
}

/**
 * SCTBench's reorder_N: N - 1 threads set a, then b; one checks that both are set, or none. The check
 * has to fall between the first a and the first b of all threads.
 */
export const reorder =
  (size: number): Model<boolean> =>
  (machine) => {
    const a = machine.share({ value: 0 });
    const b = machine.share({ value: 0 });
    let found = false;
    function* set(): Generator<Op, void> {
      yield write(a);
      a.value = 1;
      yield write(b);
      b.value = -1;
    }
    function* check(): Generator<Op, void> {
      yield read(a);
      const seen = a.value;
      yield read(b);
      found = !((seen === 0 && b.value === 0) || (seen === 1 && b.value === -1));
      if (found) machine.stop();
    }
    machine.spawn(mainThread(machine, [...Array.from({ length: size - 1 }, () => set), check]));
    return () => found;
  };

/** A mutex, whose operations race with each other. */
class Mutex {
  #locked = false;

  *lock(): Generator<Op, void> {
    yield { ...write(this), enabled: () => !this.#locked };
    this.#locked = true;
  }

  *unlock(): Generator<Op, void> {
    yield write(this);
    this.#locked = false;
  }
}

/**
 * SCTBench's twostage_N: N - 1 threads set data1 under one lock, then data2 = data1 + 1 under another;
 * one reads both, under the locks, and finds data2 behind if it comes between the stages of all.
 */
export const twoStage =
  (size: number): Model<boolean> =>
  (machine) => {
    const data1 = machine.share({ value: 0 });
    const data2 = machine.share({ value: 0 });
    const lock1 = machine.share(new Mutex());
    const lock2 = machine.share(new Mutex());
    let found = false;
    function* set(): Generator<Op, void> {
      yield* lock1.lock();
      yield write(data1);
      data1.value = 1;
      yield* lock1.unlock();
      yield* lock2.lock();
      yield read(data1);
      const value = data1.value + 1;
      yield write(data2);
      data2.value = value;
      yield* lock2.unlock();
    }
    function* check(): Generator<Op, void> {
      yield* lock1.lock();
      yield read(data1);
      const first = data1.value;
      yield* lock1.unlock();
      if (first === 0) return;
      yield* lock2.lock();
      yield read(data2);
      const second = data2.value;
      yield* lock2.unlock();
      found = second !== first + 1;
      if (found) machine.stop();
    }
    machine.spawn(mainThread(machine, [...Array.from({ length: size - 1 }, () => set), check]));
    return () => found;
  };

/** The toy of the SURW repository: two lanes that add a bit five times; which of 252 results comes out. */
export const toy: Model<number> = (machine) => {
  let result = 1;
  function* add(bit: number): Generator<Op, void> {
    for (let i = 0; i < 5; i++) {
      yield step;
      result = 2 * result + bit;
    }
  }
  machine.spawn(add(0));
  machine.spawn(add(1));
  return () => result;
};

/** Shuttle's uneven workload: whether the only step of one lane came behind 25 of another. */
export const uneven: Model<boolean> = (machine) => {
  let last = '';
  function* set(name: string, count: number): Generator<Op, void> {
    for (let i = 0; i < count; i++) {
      yield step;
      last = name;
    }
  }
  machine.spawn(set('short', 1));
  machine.spawn(set('long', 25));
  return () => last === 'short';
};

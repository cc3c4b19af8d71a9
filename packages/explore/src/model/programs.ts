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

/** SCTBench's lazy01: threads add 1 and 2 under a lock; one is wrong about the sum being less than 3. */
export const lazy: Model<boolean> = (machine) => {
  const data = machine.share({ value: 0 });
  const lock = machine.share(new Mutex());
  let found = false;
  const add = (value: number) =>
    function* (): Generator<Op, void> {
      yield* lock.lock();
      yield write(data);
      data.value += value;
      yield* lock.unlock();
    };
  function* check(): Generator<Op, void> {
    yield* lock.lock();
    yield read(data);
    found = data.value >= 3;
    if (found) machine.stop();
    yield* lock.unlock();
  }
  machine.spawn(mainThread(machine, [add(1), add(2), check]));
  return () => found;
};

/** SCTBench's bluetooth_driver: a device is stopped between the look at its flag and the count of those who use it. */
export const bluetooth: Model<boolean> = (machine) => {
  const stopping = machine.share({ value: false });
  const pending = machine.share({ value: 1 });
  const event = machine.share({ value: false });
  const stopped = machine.share({ value: false });
  let found = false;
  function* release(): Generator<Op, void> {
    yield write(pending);
    if (--pending.value > 0) return;
    yield write(event);
    event.value = true;
  }
  function* stop(): Generator<Op, void> {
    yield write(stopping);
    stopping.value = true;
    yield* release();
    yield read(event);
    if (!event.value) return;
    yield write(stopped);
    stopped.value = true;
  }
  function* use(): Generator<Op, void> {
    yield read(stopping);
    if (stopping.value) return;
    yield write(pending);
    pending.value++;
    yield read(stopped);
    found = stopped.value;
    if (found) machine.stop();
    else yield* release();
  }
  machine.spawn(mainThread(machine, [stop, use]));
  return () => found;
};

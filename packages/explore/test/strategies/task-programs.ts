import {
  asCompleted,
  AsyncioEventLoop,
  Barrier,
  Condition,
  createTask,
  Event,
  gather,
  Lock,
  Operation,
  Queue,
  Semaphore,
  shield,
  sleep,
  taskGroup,
  timeout,
  VirtualClock,
  wait,
  type Task,
} from '@timeloom/asyncio';
import type { TimerHandle } from '@timeloom/loop';
import fc from 'fast-check';
import { Scope } from '../../src/scope.ts';
import { shared, type SharedCell } from '../../src/shared.ts';
import type { Strategy } from '../../src/strategy.ts';

export interface Op {
  readonly kind: keyof typeof operations;
  readonly which: number;
}

/** What the tasks of a program share. */
function makeWorld(loop: AsyncioEventLoop) {
  return {
    loop,
    cells: [shared(0), shared(0)],
    lock: new Lock(),
    condition: new Condition(),
    semaphore: new Semaphore(1),
    barrier: new Barrier(2),
    queue: new Queue<number>(1),
    event: new Event(),
    future: loop.createFuture<string>(),
    timers: shared<readonly TimerHandle[]>([]),
    tasks: [] as Task[],
  };
}

type World = ReturnType<typeof makeWorld>;

const operation = <T>(loop: AsyncioEventLoop, work: () => T): Operation<T> =>
  new Operation(loop, { label: 'operation', work, latencyMs: null });

/** What tasks do, each for itself: they give what they saw. */
const operations = {
  read: (_, { cell }) => cell.get(),
  write: (task, { cell }) => cell.set(task + 1),
  add: (task, { cell }) => cell.update((value) => 10 * value + task + 1),
  lock: async (_, { lock, cell }) =>
    await lock.with(async () => {
      const seen = cell.get();
      await sleep(0);
      cell.set(seen + 1);
    }),
  semaphore: async (_, { semaphore, cell }) => await semaphore.with(() => Promise.resolve(cell.get())),
  wait: async (_, { condition }) => await condition.with(() => condition.wait()),
  notify: async (_, { condition }) => await condition.with(async () => condition.notify()),
  put: async (task, { queue }) => await queue.put(task),
  get: async (_, { queue }) => await queue.get(),
  getInTime: async (_, { queue }) => await timeout(1, () => queue.get()),
  set: (_, { event }) => event.set(),
  clear: (_, { event }) => event.clear(),
  waitForEvent: async (_, { event }) => await event.wait(),
  cancel: (_, { other }) => other().cancel(),
  settle: (task, { future }) => (future.done() ? 'late' : future.setResult(`by ${task}`)),
  await: async (_, { future }) => await future,
  first: async (_, { future }) => {
    const nap = createTask(() => sleep(1));
    const [done] = await wait([future, nap], { returnWhen: 'FIRST_COMPLETED' });
    return [done.has(future), done.has(nap)];
  },
  group: async (task, { cell }) =>
    await taskGroup(async (group) => {
      group.createTask(async () => cell.set(task));
      group.createTask(async () => {
        await sleep(0);
        if (cell.get() === 1) throw new Error('one');
      });
    }),
  operate: async (task, { cell, loop }) => await operation(loop, () => cell.update((value) => value + task)),
  operateTwice: async (task, { cell, loop }) =>
    await Promise.all([operation(loop, () => cell.get()), operation(loop, () => cell.set(task))]),
  meet: async (_, { barrier }) => await barrier.wait(),
  reset: async (_, { barrier }) => await barrier.reset(),
  look: (_, { barrier, event, lock, queue }) => [barrier.waiting, event.isSet(), lock.locked(), queue.size],
  complete: async (_, { future }) => {
    const seen: unknown[] = [];
    const nap = createTask(() => sleep(1, 'nap'));
    for (const next of asCompleted([nap, shield(future)], { timeoutMs: 2 })) seen.push(await next);
    return seen;
  },
  execute: async (_, { cell, loop }) => await loop.runInExecutor(null, () => cell.get()),
  abandon: (task, { cell, loop }) => void operation(loop, () => cell.set(task)),
  background: (task, { cell }) =>
    void createTask(async () => {
      await sleep(1);
      cell.set(task);
    }),
  later: (task, { cell, loop, timers }) => {
    const timer = loop.callLater(1, () => cell.set(task));
    timers.update((all) => [...all, timer]);
  },
  notLater: (_, { timers }) => {
    const [first, ...others] = timers.get();
    timers.set(others);
    first?.cancel();
  },
  sleep: async () => await sleep(1),
} satisfies Record<string, (task: number, world: World & { cell: SharedCell<number>; other: () => Task }) => unknown>;

const perform = ({ kind, which }: Op, task: number, world: World): unknown =>
  operations[kind](task, {
    ...world,
    cell: world.cells[which % 2]!,
    other: () => world.tasks[which % world.tasks.length]!,
  });

/**
 * Runs tasks in all orders that a strategy tries; gives what they saw, each for itself, and how they ended.
 *
 * @param order `common` adds the order in which they did things: state that they share and do not declare.
 * @param racing how many of the tasks race, the first ones; default: everything does.
 */
export async function outcomes(
  strategy: Strategy,
  program: readonly (readonly Op[])[],
  most: number,
  order: 'own' | 'common' = 'own',
  racing?: number,
): Promise<Set<string> | null> {
  const seen = new Set<string>();
  for (let runs = 0; ; runs++) {
    const scheduler = strategy.nextRun();
    if (scheduler === null) return seen;
    if (runs === most) return null;
    let choices = 0;
    const counting = {
      choose: (point: Parameters<typeof scheduler.choose>[0]) => (choices++, scheduler.choose(point)),
    };
    const scope = racing === undefined ? null : new Scope(counting, []);
    const loop = new AsyncioEventLoop({
      clock: new VirtualClock(),
      scheduler: scope ?? counting,
      instruments: [scheduler],
      reorder: 'free',
      awaitSites: 0,
    });
    if (scope !== null) {
      loop.observe(scope);
      scheduler.narrowed?.(scope);
    }
    loop.setExceptionHandler(() => {});
    const logs: unknown[][] = program.map(() => []);
    const common: number[] = [];
    let end = 'finished';
    try {
      await loop.runUntilComplete(async () => {
        const world = makeWorld(loop);
        const body = (ops: readonly Op[], task: number) => async () => {
          try {
            for (const op of ops) {
              logs[task]!.push([op.kind, (await perform(op, task, world)) ?? null]);
              common.push(task);
              await sleep(0);
            }
          } catch (error) {
            logs[task]!.push((error as Error).name);
            throw error;
          }
        };
        for (const [task, ops] of program.entries()) {
          const start = (): Task => createTask(body(ops, task));
          world.tasks.push(scope !== null && task < racing! ? scope.race(start) : start());
        }
        const ends = await gather(world.tasks, { returnExceptions: true });
        logs.push(ends.map(String), [loop.time(), ...world.cells.map((cell) => cell.get())]);
      });
    } catch (error) {
      end = (error as Error).name;
    }
    strategy.runEnded({ choices, steps: loop.statistics().steps, passed: true });
    loop.close();
    seen.add(`${end} ${JSON.stringify(logs)} ${order === 'common' ? common.join('') : ''}`);
  }
}

const op = fc.record({
  kind: fc.constantFrom(...(Object.keys(operations) as (keyof typeof operations)[])),
  which: fc.integer({ min: 0, max: 2 }),
});
/** Two or three tasks, of up to three ops each. */
export const programs: fc.Arbitrary<Op[][]> = fc.array(fc.array(op, { minLength: 1, maxLength: 3 }), {
  minLength: 2,
  maxLength: 3,
});

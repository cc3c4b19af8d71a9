import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AsyncioEventLoop,
  BareOperation,
  CancelledError,
  coroutine,
  createTask,
  currentTask,
  gather,
  getRunningLoop,
  isCancelled,
  Operation,
  run,
  shield,
  sleep,
  VirtualClock,
  waitFor,
  type OperationPlan,
  type Suspend,
  type Task,
} from '../src/index.ts';

type Waiting<T = unknown> = Generator<Suspend, T, unknown>;
type Start = <T>(label: string, work?: () => T, latencyMs?: number) => BareOperation<T> | Operation<T>;

const startWith =
  (kind: new <T>(loop: AsyncioEventLoop, plan: OperationPlan<T>) => BareOperation<T> | Operation<T>): Start =>
  (label, work, latencyMs) =>
    new kind(getRunningLoop(), { label, work, latencyMs: latencyMs ?? null });

/** Runs a generator coroutine; gives what it gives and the steps that were run, by their labels and lanes. */
async function runs<T>(main: () => Waiting<T>): Promise<{ result: T; steps: string[]; reported: unknown[] }> {
  const steps: string[] = [];
  const reported: unknown[] = [];
  const loopFactory = (): AsyncioEventLoop => {
    const loop = new AsyncioEventLoop({ clock: new VirtualClock() });
    loop.observe({ stepStarted: (handle) => void steps.push(`${handle.label} for ${handle.resumes?.label ?? '-'}`) });
    loop.setExceptionHandler((_, report) => void reported.push(report.exception ?? report.message));
    return loop;
  };
  const result = await run(coroutine(main)(), { loopFactory });
  return { result, steps, reported };
}

const broken = (): never => {
  throw new RangeError('disk full');
};

function* nameOf(error: () => Waiting): Waiting<string> {
  try {
    yield* error();
  } catch (thrown) {
    return `${(thrown as Error).name}: ${(thrown as Error).message}`;
  }
  return 'nothing';
}

describe.each([
  ['a promise', startWith(Operation)],
  ['no promise', startWith(BareOperation)],
])('An operation that is %s, in generator coroutines', (_, start) => {
  it('gives its result, or its exception, to whoever awaits it', async () => {
    const { result } = await runs(function* () {
      const value = yield* start('read', () => 7);
      return [
        value,
        yield* nameOf(() =>
          (function* () {
            yield* start('write', broken);
          })(),
        ),
      ];
    });
    expect(result).toEqual([7, 'RangeError: disk full']);
  });

  it('lets its task go on in the step in which it completes', async () => {
    const { steps } = await runs(function* () {
      yield* start('one');
      yield* start('two', undefined, 5);
    });
    expect(steps.slice(1, 3)).toEqual(['one for Task-1', 'two for Task-1']);
  });

  it('gives what it gave before, in no step', async () => {
    const { result } = await runs(function* () {
      const read = start('read', () => 1);
      yield* read;
      const before = getRunningLoop().statistics().steps;
      const again = yield* read;
      return [again, read.done(), getRunningLoop().statistics().steps - before];
    });
    expect(result).toEqual([1, true, 0]);
  });

  it('that gives a promise, or another operation, gives the result of that', async () => {
    const { result } = await runs(function* () {
      const two = start('two', () => start('inner', () => 2));
      return [yield* start('one', () => Promise.resolve(1)), yield* two, yield* two];
    });
    expect(result).toEqual([1, 2, 2]);
  });

  it('that gives a promise goes on as its own task, whoever settles that', async () => {
    const { result } = await runs(function* () {
      const names: (string | undefined)[] = [];
      let settle = (): void => {};
      const promise = new Promise<void>((resolve) => {
        settle = resolve;
      });
      const waits = createTask(
        function* (): Waiting<void> {
          void (yield* start('read', () => promise));
          names.push(currentTask()?.getName());
        },
        { name: 'waits' },
      );
      yield* sleep(1);
      settle();
      yield* sleep(1);
      yield* waits;
      return names;
    });
    expect(result).toEqual(['waits']);
  });

  it('gives an object that has a field called then', async () => {
    const { result } = await runs(function* () {
      const row = { then: 'later' };
      const read = start('read', () => row);
      return [(yield* read) === row, (yield* read) === row];
    });
    expect(result).toEqual([true, true]);
  });

  it('is taken from a task that is cancelled, and never does its work', async () => {
    const log: unknown[] = [];
    await runs(function* () {
      function* work(): Waiting<void> {
        try {
          yield* start('slow', () => log.push('worked'));
        } catch (error) {
          log.push(error instanceof CancelledError && error.message);
          throw error;
        }
      }
      const task = createTask(work);
      yield* sleep(0);
      task.cancel('enough');
      yield* gather([task], { returnExceptions: true });
      log.push(task.cancelled());
    });
    expect(log).toEqual(['enough', true]);
  });

  it('is cancelled by a timeout while it takes longer, and takes its latency on the clock', async () => {
    const { result } = await runs(function* () {
      const late = yield* nameOf(() =>
        (function* () {
          yield* waitFor(start('slow', undefined, 50), 10);
        })(),
      );
      yield* start('quick', undefined, 5);
      return [late.split(':')[0], getRunningLoop().time()];
    });
    expect(result).toEqual(['TimeoutError', 15]);
  });

  it('keeps apart the tasks that await it', async () => {
    const { result } = await runs(function* () {
      const names: (string | undefined)[] = [];
      const shared = start('shared', () => 'value');
      function* work(): Waiting<void> {
        names.push(`${currentTask()?.getName()}: ${yield* shared}`);
        yield* sleep(1);
        names.push(currentTask()?.getName());
      }
      yield* gather([1, 2].map((n) => createTask(work, { name: `task ${n}` })));
      return names;
    });
    expect(result).toEqual(['task 1: value', 'task 2: value', 'task 1', 'task 2']);
  });

  it('that is cancelled for one of its tasks is so for all, each of which hears of it once and as itself', async () => {
    const { result } = await runs(function* () {
      const heard: unknown[] = [];
      const shared = start('shared', undefined, 50);
      function* work(): Waiting<void> {
        const error = yield* nameOf(() =>
          (function* () {
            yield* shared;
          })(),
        );
        heard.push(`${currentTask()?.getName()}: ${error.split(':')[0]}`);
        yield* sleep(1);
        heard.push(currentTask()?.getName());
      }
      const tasks = [1, 2].map((n) => createTask(work, { name: `task ${n}` }));
      yield* sleep(0);
      for (const task of tasks) task.cancel();
      yield* gather(tasks);
      heard.push(
        yield* nameOf(() =>
          (function* () {
            yield* shared;
          })(),
        ),
      );
      return heard;
    });
    expect(result).toEqual([
      'task 1: CancelledError',
      'task 2: CancelledError',
      'task 1',
      'task 2',
      'CancelledError: ',
    ]);
  });

  it('can be gathered and shielded, and may fail before its task begins', async () => {
    const { result, reported } = await runs(function* () {
      const both = yield* gather([start('a', () => 1), start('b', () => 2)]);
      const failed = yield* nameOf(() =>
        (function* () {
          yield* gather([start('c', broken), sleep(1)]);
        })(),
      );
      return [both, failed, yield* shield(start('d', () => 4))];
    });
    expect(result).toEqual([[1, 2], 'RangeError: disk full', 4]);
    expect(reported).toEqual([]);
  });
});

describe('An operation that is no promise', () => {
  it('is reported if it fails and nobody waits for it', async () => {
    const { reported } = await runs(function* () {
      void start('c', broken);
      yield* sleep(1);
    });
    expect(reported).toEqual([new RangeError('disk full')]);
  });

  it('can be awaited in an async function, and has no other use of promises', async () => {
    const { result } = await runs(function* () {
      const read = start('read', () => 7);
      const value: unknown = yield* createTask(async () => (await read) as unknown);
      return [value, String(read), read instanceof Promise];
    });
    expect(result).toEqual([7, '<operation read done>', false]);
  });

  const start = startWith(BareOperation);

  /** Tasks that sleep, wait for operations that others may wait for, and cancel each other. */
  const action = fc.oneof(
    fc.record({ awaits: fc.nat(3) }),
    fc.record({ sleeps: fc.nat(4) }),
    fc.record({ cancels: fc.nat(2) }),
    fc.record({ starts: fc.constantFrom('works', 'fails') }),
  );
  const operation = fc.record({ latencyMs: fc.option(fc.nat(4)), fails: fc.boolean() });
  const program = fc.record({
    operations: fc.array(operation, { minLength: 4, maxLength: 4 }),
    tasks: fc.array(fc.array(action, { maxLength: 5 }), { minLength: 3, maxLength: 3 }),
  });
  type ProgramOf = typeof program extends fc.Arbitrary<infer T> ? T : never;

  async function logOf({ operations, tasks }: ProgramOf, begin: Start): Promise<string[]> {
    const log: string[] = [];
    const note = (what: string): void => {
      log.push(`${getRunningLoop().time()} ${currentTask()?.getName()} ${what}`);
    };
    await runs(function* () {
      const shared = operations.map(({ latencyMs, fails }, i) =>
        fails
          ? begin(`shared ${i}`, broken, 1 + (latencyMs ?? 0))
          : begin(`shared ${i}`, () => i, latencyMs ?? undefined),
      );
      // Somebody waits for each when it fails, so that none does unheard.
      const watchers = shared.map((one) => createTask(() => nameOf(() => one[Symbol.iterator]())));
      const started: Task[] = [];
      function* act(one: ProgramOf['tasks'][number][number]): Waiting {
        if ('awaits' in one) return yield* shared[one.awaits]!;
        if ('sleeps' in one) return yield* sleep(one.sleeps);
        if ('cancels' in one) return started[one.cancels]!.cancel();
        return yield* begin('own', one.starts === 'fails' ? broken : () => 'own');
      }
      for (const actions of tasks) {
        started.push(
          createTask(function* (): Waiting<void> {
            for (const one of actions) {
              try {
                note(`${JSON.stringify(one)} gives ${String(yield* act(one))}`);
              } catch (error) {
                note(`${JSON.stringify(one)} throws ${isCancelled(error) ? 'cancellation' : String(error)}`);
              }
            }
          }),
        );
      }
      yield* gather([...started, ...watchers], { returnExceptions: true });
      note('ends');
    });
    return log;
  }

  it('does what one does that is a promise, in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (generated) => {
        expect(await logOf(generated, start)).toEqual(await logOf(generated, startWith(Operation)));
      }),
      { numRuns: 300 },
    );
  });
});

import {
  BareOperation,
  Operation,
  sleep,
  type AsyncioEventLoop,
  type Awaitable,
  type Coroutine,
  type OperationPlan,
  type Task,
} from '@timeloom/asyncio';
import { checkFunction, checkMs, DrawnChoice, show } from '@timeloom/loop';

/** What a program under search works with. */
export interface ProgramContext {
  readonly loop: AsyncioEventLoop;
  /** As asyncio's `sleep`, in milliseconds of virtual time. */
  sleep(delayMs: number): Coroutine<void>;
  /**
   * A simulated operation: a request, a file, a message. It completes when the search says so; its
   * work, if any, takes effect at that moment, at once. What it gives is a promise: whoever awaits it
   * goes on in the same step, as with the host's own operations.
   *
   * @param label name of the operation in schedules and reports.
   * @param work what the operation does; its result, or its exception, is that of the operation.
   * @throws TypeError, RangeError for bad arguments, naming them.
   */
  io<T = void>(label: string, work?: () => T, options?: IoOptions): Operation<T>;
  /** One of 0 to `size - 1`, drawn by the search. @throws RangeError if `size` is not a positive whole number. */
  choose(size: number, label?: string): number;
  /** A number in [0, 1) that the search draws, one of 2^16 evenly spaced ones. */
  random(): number;
  /**
   * Starts `body` as a task, and from then on races nothing but such tasks and what they make: the
   * rest of the program, which drives them, runs first in, first out. A program that never calls this
   * is raced as a whole. What comes before the first call is raced too, unless the search has the
   * option `scope: 'race'`.
   *
   * @throws TypeError if `body` is not a coroutine.
   */
  race<T>(body: Coroutine<T> | (() => Awaitable<T>)): Task<T>;
  /** @throws AssertionError with `message` unless `condition` holds. */
  assert(condition: unknown, message?: string): void;
}

/** Options of {@link ProgramContext.io}. */
export interface IoOptions {
  /**
   * The least and the longest time that the operation may take, in milliseconds of virtual time; the
   * search draws one of up to 16 evenly spaced ones. Default: the operation is pending until the search
   * completes it, at once or after anything else, timers of the next `runAheadMs` included.
   */
  readonly latencyMs?: readonly [least: number, longest: number] | undefined;
}

/** A program's own claim does not hold. */
export class AssertionError extends Error {
  override get name(): string {
    return 'AssertionError';
  }
}

/** What narrows a run down to the tasks that race; see {@link ProgramContext.race}. */
export interface Races {
  race<T>(loop: AsyncioEventLoop, start: () => Task<T>): Task<T>;
}

const everythingRaces: Races = { race: (_, start) => start() };

/** Makes the simulated operations of a run. */
type StartOperation = <T>(loop: AsyncioEventLoop, plan: OperationPlan<T>) => Operation<T>;

const startPromise: StartOperation = (loop, plan) => new Operation(loop, plan);

// What an operation has beyond this one are the methods of promises, which a program without promises has no use for.
const startBare: StartOperation = <T>(loop: AsyncioEventLoop, plan: OperationPlan<T>) =>
  new BareOperation(loop, plan) as unknown as Operation<T>;

/**
 * The context of one run on `loop`.
 *
 * @param promiseFree whether its operations are no promises.
 */
export function createContext(
  loop: AsyncioEventLoop,
  races: Races = everythingRaces,
  promiseFree = false,
): ProgramContext {
  const start = promiseFree ? startBare : startPromise;
  const choose = (kind: 'value' | 'latency', size: number, label: (option: number) => string): number =>
    size === 1 ? 0 : loop.choose(new DrawnChoice(kind, size, loop.time(), label));
  return {
    loop,
    sleep: sleepOnly,
    io: (label, work, options) => {
      if (typeof label !== 'string') throw new TypeError(`io() expects a label, a string, got ${show(label)}`);
      if (work !== undefined) checkFunction('io()', work);
      if (options?.latencyMs === undefined) return start(loop, { label, work, latencyMs: null });
      const latencies = latenciesOf(options.latencyMs);
      const latency = latencies[choose('latency', latencies.length, (option) => `${label}: ${latencies[option]} ms`)]!;
      return start(loop, { label, work, latencyMs: latency });
    },
    choose: (size, label = 'value') => {
      if (!Number.isInteger(size) || size < 1) {
        throw new RangeError(`size must be a positive whole number, got ${show(size)}`);
      }
      return choose('value', size, (option) => `${label}: ${option}`);
    },
    random: () => choose('value', 2 ** 16, (option) => `random: ${option}`) / 2 ** 16,
    race: (body) => races.race(loop, () => loop.createTask(body)),
    assert,
  };
}

function sleepOnly(delayMs: number): Coroutine<void> {
  return sleep(delayMs);
}

function assert(condition: unknown, message = 'the assertion does not hold'): void {
  if (!condition) throw new AssertionError(message);
}

const mostLatencies = 16;

function latenciesOf([least, longest]: readonly [number, number]): readonly number[] {
  checkMs('latencyMs[0]', least);
  checkMs('latencyMs[1]', longest);
  if (least < 0 || longest < least) {
    throw new RangeError(`latencyMs must be [least, longest] with 0 <= least <= longest, got [${least}, ${longest}]`);
  }
  if (least === longest) return [least];
  const steps = Math.min(Math.max(Math.floor(longest - least), 1), mostLatencies - 1);
  return Array.from({ length: steps + 1 }, (_, i) => least + ((longest - least) * i) / steps);
}

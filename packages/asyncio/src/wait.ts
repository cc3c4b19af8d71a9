import { checkMs, show, type TimerHandle } from '@timeloom/loop';
import { commonLoop } from './awaitable.ts';
import { coroutine, Coroutine, isGenerator } from './coroutine.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import { Future, type Suspend } from './future.ts';

/** When `wait` returns: with the first that is done, with the first that fails, or with all. */
export type ReturnWhen = 'FIRST_COMPLETED' | 'FIRST_EXCEPTION' | 'ALL_COMPLETED';

/** Options of {@link wait}, as the keyword arguments of `asyncio.wait`. */
export interface WaitOptions {
  /** Return after this many milliseconds even so; default null, no limit. */
  readonly timeoutMs?: number | null | undefined;
  /** Default `ALL_COMPLETED`. */
  readonly returnWhen?: ReturnWhen | undefined;
}

const modes: readonly unknown[] = ['FIRST_COMPLETED', 'FIRST_EXCEPTION', 'ALL_COMPLETED'];

/**
 * Waits for futures or tasks; gives `[done, pending]`, both in the order of the arguments. Never
 * cancels anything and never throws for a timeout. Mirrors `asyncio.wait`.
 *
 * @throws TypeError if `futures` is not an iterable of futures (coroutines must be made tasks
 * first); RangeError if it is empty, or an option is out of range.
 */
export function wait<F extends Future>(
  futures: Iterable<F>,
  options: WaitOptions = {},
): Coroutine<[done: Set<F>, pending: Set<F>]> {
  if (futures instanceof Future || futures instanceof Coroutine || isGenerator(futures)) {
    throw new TypeError(`expect a list of futures, not ${show(futures)}`);
  }
  if (!isIterable(futures)) throw new TypeError(`expect a list of futures, not ${show(futures)}`);
  const { returnWhen = 'ALL_COMPLETED', timeoutMs = null } = options;
  if (!modes.includes(returnWhen)) throw new RangeError(`Invalid return_when value: ${String(returnWhen)}`);
  if (timeoutMs !== null) checkMs('timeoutMs', timeoutMs);
  const unique = new Set(futures);
  if (unique.size === 0) throw new RangeError('Set of Tasks/Futures is empty.');
  for (const future of unique) checkIsFuture(future);
  return waitFor(unique, returnWhen, timeoutMs) as Coroutine<[Set<F>, Set<F>]>;
}

function checkIsFuture(value: unknown): void {
  if (value instanceof Future) return;
  if (value instanceof Coroutine || isGenerator(value) || typeof value === 'function') {
    throw new TypeError('Passing coroutines is forbidden, use tasks explicitly.');
  }
  throw new TypeError(`expect a list of futures, got ${show(value)} in it`);
}

function hasFailed(future: Future): boolean {
  return !future.cancelled() && future.exception() !== null;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

const waitFor = coroutine(function* wait(
  futures: Set<Future>,
  returnWhen: ReturnWhen,
  timeoutMs: number | null,
): Generator<Suspend, [Set<Future>, Set<Future>], unknown> {
  const loop = commonLoop([...futures]);
  yield* untilDecided(loop, futures, returnWhen, timeoutMs);
  const done = new Set<Future>();
  const pending = new Set<Future>();
  for (const future of futures) (future.done() ? done : pending).add(future);
  return [done, pending];
});

/** Waits on a future of its own, which the decisive completion or the timer sets. */
function* untilDecided(
  loop: AsyncioEventLoop,
  futures: Set<Future>,
  returnWhen: ReturnWhen,
  timeoutMs: number | null,
): Generator<Suspend, void, unknown> {
  const decided = loop.createFuture<void>();
  const decide = (): void => {
    if (!decided.done()) decided.setResult(undefined);
  };
  const timer: TimerHandle | null =
    timeoutMs === null ? null : loop.callLater(timeoutMs, decide, { label: 'wait() times out' });
  let unfinished = futures.size;
  const waitCompleted = (future: Future): void => {
    loop.accessed(futures, returnWhen === 'ALL_COMPLETED' ? 'add' : 'write');
    unfinished--;
    if (unfinished > 0 && returnWhen === 'ALL_COMPLETED') return;
    // To look for an exception counts as a look at it, as in CPython; one that is not looked for stays unseen.
    if (unfinished > 0 && returnWhen === 'FIRST_EXCEPTION' && !hasFailed(future)) return;
    timer?.cancel();
    decide();
  };
  for (const future of futures) future.addInlineCallback(waitCompleted);
  try {
    yield* decided;
  } finally {
    timer?.cancel();
    for (const future of futures) future.removeDoneCallback(waitCompleted);
  }
}

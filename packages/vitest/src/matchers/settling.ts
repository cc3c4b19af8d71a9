import { getRunningLoop, type AsyncioEventLoop } from '@timeloom/asyncio';
import { checkMs, show } from '@timeloom/loop';
import { whenInstantEnds } from './instant.ts';

/** What a matcher gives to vitest. */
export interface Verdict {
  readonly pass: boolean;
  message(): string;
}

/** How a promise ended, and when, counted from when it was looked at. */
interface Settled {
  readonly how: 'fulfilled' | 'rejected';
  readonly value: unknown;
  readonly afterMs: number;
}

/** See {@link TimeloomMatchers.toSettleWithin}. */
export async function toSettleWithin(promise: unknown, ms: number): Promise<Verdict> {
  const settled = await watch('toSettleWithin', promise, ms);
  const within = `within ${ms} ms of virtual time`;
  if (settled === null)
    return { pass: false, message: () => `expected the promise to settle ${within}, it is pending` };
  return { pass: true, message: () => `expected the promise not to settle ${within}, it was ${describe(settled)}` };
}

// Deadlines are sums of floating point numbers.
const sameInstantMs = 1e-6;

/** See {@link TimeloomMatchers.toSettleAt}. */
export async function toSettleAt(promise: unknown, ms: number): Promise<Verdict> {
  const settled = await watch('toSettleAt', promise, ms);
  const after = `after ${ms} ms of virtual time`;
  if (settled === null) return { pass: false, message: () => `expected the promise to settle ${after}, it is pending` };
  return {
    pass: Math.abs(settled.afterMs - ms) <= sameInstantMs,
    message: () => `expected the promise to settle ${after}, it was ${describe(settled)}`,
  };
}

/** See {@link TimeloomMatchers.toDeadlock}. */
export async function toDeadlock(promise: unknown): Promise<Verdict> {
  const { loop, looked } = look('toDeadlock', promise);
  const settled = await new Promise<Settled | null>((resolve) => {
    const stop = whenInstantEnds(
      loop,
      () => resolve(null),
      () => loop.statistics().pendingTimers === 0,
    );
    void looked.then((end) => {
      stop();
      resolve(end);
    });
  });
  if (settled === null) return { pass: true, message: () => 'expected the promise to settle, nobody will do it' };
  return { pass: false, message: () => `expected a promise that nobody settles, it was ${describe(settled)}` };
}

/** Waits until the promise has settled or `ms` are over, what happens at the last instant included. */
async function watch(matcher: string, promise: unknown, ms: number): Promise<Settled | null> {
  checkMs('ms', ms);
  if (ms < 0) throw new RangeError(`ms must be at least 0, got ${ms}`);
  const { loop, looked } = look(matcher, promise);
  return await new Promise((resolve) => {
    let stop = (): void => {};
    const timer = loop.callLater(
      ms,
      () => {
        stop = whenInstantEnds(loop, () => resolve(null));
      },
      { label: matcher },
    );
    void looked.then((settled) => {
      timer.cancel();
      stop();
      resolve(settled);
    });
  });
}

function look(matcher: string, promise: unknown): { loop: AsyncioEventLoop; looked: Promise<Settled> } {
  if (typeof (promise as PromiseLike<unknown> | null)?.then !== 'function') {
    throw new TypeError(`${matcher}() expects a promise, got ${show(promise)}`);
  }
  const loop = virtualLoop(matcher);
  const start = loop.time();
  const settled = (how: Settled['how'], value: unknown): Settled => ({ how, value, afterMs: loop.time() - start });
  // A coroutine's own `then` serves `await` only.
  const looked = Promise.resolve(promise).then(
    (value) => settled('fulfilled', value),
    (error: unknown) => settled('rejected', error),
  );
  return { loop, looked };
}

function virtualLoop(matcher: string): AsyncioEventLoop {
  try {
    return getRunningLoop();
  } catch (cause) {
    throw new Error(`${matcher}() counts virtual time: call it in a test in virtual time`, { cause });
  }
}

function describe({ how, value, afterMs }: Settled): string {
  return `${how} with ${value instanceof Error ? String(value) : show(value)} after ${afterMs} ms`;
}

import type { ExceptionReport } from '@timeloom/loop';
import type { Coroutine } from './coroutine.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import type { Future } from './future.ts';

/** So many exceptions may wait for somebody to look; beyond, the oldest is reported at once. */
const mostUnseen = 10_000;

/** Below this number the coroutines that were created are not looked through. */
const fewCoroutines = 1024;

/**
 * What went wrong and nobody heard of: exceptions never retrieved, tasks never finished, coroutines
 * never awaited. CPython reports them when an object is collected as garbage; here there is a
 * defined moment, the closing of the loop.
 */
export class Reports {
  readonly #loop: AsyncioEventLoop;
  /** Futures that failed and were not looked at, if any did. In order, like everything that a run depends on. */
  #unseen: Set<Future> | null = null;
  #coroutines: Coroutine[] = [];
  #sweepAt = fewCoroutines;

  constructor(loop: AsyncioEventLoop) {
    this.#loop = loop;
  }

  /** A future failed. */
  failed(future: Future): void {
    const unseen = (this.#unseen ??= new Set());
    unseen.add(future);
    if (unseen.size <= mostUnseen) return;
    const [oldest] = unseen;
    this.seen(oldest!);
    this.#reportFuture(oldest!);
  }

  /** Somebody looked at its exception. */
  seen(future: Future): void {
    this.#unseen?.delete(future);
  }

  /** A coroutine was created. Those that have begun are forgotten now and then. */
  created(coroutine: Coroutine): void {
    if (this.#coroutines.push(coroutine) < this.#sweepAt) return;
    this.#forgetStarted();
    this.#sweepAt = Math.max(fewCoroutines, 2 * this.#coroutines.length);
  }

  /** In place, because a program may create 100,000 before the first begins. */
  #forgetStarted(): void {
    const coroutines = this.#coroutines;
    let kept = 0;
    for (const coroutine of coroutines) if (!coroutine.started) coroutines[kept++] = coroutine;
    coroutines.length = kept;
  }

  /** The loop is closed. */
  closed(): void {
    const reportForgotten = this.#takeForgotten();
    for (const task of this.#loop.tasks.all()) {
      this.#report({ message: 'Task was destroyed but it is pending!', future: task });
      if (!task.coroutine.started) task.coroutine.close();
    }
    reportForgotten();
  }

  /** The program is over: reports what nobody will look at any more. Tasks that are left may still be cleaned up. */
  programEnded(): void {
    if (this.#nothingIsForgotten()) return;
    const ofTasks = new Set(this.#loop.tasks.all().map((task) => task.coroutine));
    const begun = this.#coroutines.filter((one) => ofTasks.has(one));
    this.#coroutines = this.#coroutines.filter((one) => !ofTasks.has(one));
    this.#takeForgotten()();
    this.#coroutines = begun;
  }

  #nothingIsForgotten(): boolean {
    return this.#unseen === null && this.#coroutines.every(hasStarted);
  }

  #takeForgotten(): () => void {
    if (this.#nothingIsForgotten()) return nothingToReport;
    const coroutines = this.#coroutines.filter((one) => !one.started);
    const unseen = [...(this.#unseen ?? [])].filter((future) => future.neverRetrieved);
    this.#coroutines = [];
    this.#unseen = null;
    return () => {
      for (const future of unseen) this.#reportFuture(future);
      for (const { definition, started } of coroutines) {
        if (!started) this.#report({ message: `coroutine '${definition.name}' was never awaited` });
      }
    };
  }

  #reportFuture(future: Future): void {
    const kind = future[Symbol.toStringTag];
    this.#report({
      message: `${kind} exception was never retrieved`,
      exception: future.peek().outcome,
      future,
    });
  }

  #report(report: ExceptionReport): void {
    this.#loop.callExceptionHandler(report);
  }
}

function nothingToReport(): void {}

function hasStarted({ started }: Coroutine): boolean {
  return started;
}

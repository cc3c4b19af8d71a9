import type { ExceptionReport } from '@timeloom/loop';
import type { Coroutine, Definition } from './coroutine.ts';
import type { AsyncioEventLoop } from './event-loop.ts';
import type { Future } from './future.ts';
import { Unbegun } from './unbegun.ts';

/** So many exceptions may wait for somebody to look; beyond, the oldest is reported at once. */
const mostUnseen = 10_000;

/**
 * What went wrong and nobody heard of: exceptions never retrieved, tasks never finished, coroutines
 * never awaited. CPython reports them when an object is collected as garbage; here there is a
 * defined moment, the closing of the loop.
 */
export class Reports {
  readonly #loop: AsyncioEventLoop;
  /** Futures that failed and were not looked at, if any did. In order, like everything that a run depends on. */
  #unseen: Set<Future> | null = null;
  /** In the order in which the first of each was created. */
  #unbegun: Map<Definition, Unbegun> | null = null;
  /** Of the coroutine that was created last: the next one is often of the same definition. */
  #last: Unbegun | null = null;

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

  /** A coroutine was created. It counts itself out when it begins. */
  created(coroutine: Coroutine): void {
    const { definition } = coroutine;
    const unbegun = this.#last?.definition === definition ? this.#last : this.#unbegunOf(definition);
    this.#last = unbegun;
    unbegun.count++;
    coroutine.unbegun = unbegun;
  }

  #unbegunOf(definition: Definition): Unbegun {
    const all = (this.#unbegun ??= new Map());
    let unbegun = all.get(definition);
    if (unbegun === undefined) {
      unbegun = new Unbegun(definition);
      all.set(definition, unbegun);
    }
    return unbegun;
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
    const ofTasks = this.#loop.tasks.all().flatMap(({ coroutine }) => (coroutine.countOut() ? [coroutine] : []));
    this.#takeForgotten()();
    for (const coroutine of ofTasks) if (!coroutine.started) this.created(coroutine);
  }

  #nothingIsForgotten(): boolean {
    if (this.#unseen !== null) return false;
    if (this.#unbegun === null) return true;
    for (const { count } of this.#unbegun.values()) if (count > 0) return false;
    return true;
  }

  #takeForgotten(): () => void {
    if (this.#nothingIsForgotten()) return nothingToReport;
    const unbegun = [...(this.#unbegun?.values() ?? [])];
    const unseen = [...(this.#unseen ?? [])].filter((future) => future.neverRetrieved);
    this.#unbegun = null;
    this.#last = null;
    this.#unseen = null;
    return () => {
      for (const future of unseen) this.#reportFuture(future);
      for (const { definition, count } of unbegun) {
        for (let i = 0; i < count; i++) this.#report({ message: `coroutine '${definition.name}' was never awaited` });
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

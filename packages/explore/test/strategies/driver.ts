import { AsyncioEventLoop, VirtualClock, type Coroutine } from '@timeloom/asyncio';
import type { ChoicePoint, Reorder } from '@timeloom/loop';
import type { RunScheduler, Strategy } from '../../src/strategy.ts';

/** A program on the real loop. Makes all it needs anew each time. */
export type Main<T> = (loop: AsyncioEventLoop) => T | Promise<T> | Coroutine<T>;

/** What a run gave, and where it went. */
export interface Run<T> {
  readonly result: T;
  /** The option taken at each choice point. */
  readonly options: readonly number[];
  readonly sizes: readonly number[];
}

/** Runs a program once, as `scheduler` says. */
export async function runOnce<T>(
  main: Main<T>,
  scheduler: RunScheduler,
  reorder: Reorder = 'free',
): Promise<Run<T> & { steps: number }> {
  const options: number[] = [];
  const sizes: number[] = [];
  const recording = {
    choose: (point: ChoicePoint): number => {
      const option = scheduler.choose(point);
      options.push(option);
      sizes.push(point.size);
      return option;
    },
  };
  const loop = new AsyncioEventLoop({
    clock: new VirtualClock(),
    scheduler: recording,
    instruments: [scheduler],
    reorder,
    awaitSites: 0,
  });
  const result = await loop.runUntilComplete(async () => main(loop));
  const { steps } = loop.statistics();
  loop.close();
  return { result, options, sizes, steps };
}

/** Runs a program until the strategy ends or `runs` are over. */
export async function searchLoop<T>(
  strategy: Strategy,
  main: Main<T>,
  runs = Infinity,
  reorder: Reorder = 'free',
): Promise<Run<T>[]> {
  const results: Run<T>[] = [];
  while (results.length < runs) {
    const scheduler = strategy.nextRun();
    if (scheduler === null) break;
    const { steps, ...run } = await runOnce(main, scheduler, reorder);
    strategy.runEnded({ choices: run.options.length, steps, passed: true });
    results.push(run);
  }
  return results;
}

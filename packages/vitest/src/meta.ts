import type { Exploration } from '@timeloom/explore';
import type { Test } from './vitest-internals.ts';

/** What this package tells of a test, for reporters: `task.meta.timeloom`. Plain data. */
export interface TimeloomMeta {
  /** Virtual time that the last try took, in milliseconds. */
  readonly virtualMs?: number | undefined;
  /** Steps of the last try. */
  readonly steps?: number | undefined;
  /** How far the search of a `test.explore` is, while it runs. */
  readonly searching?: SearchProgressMeta | undefined;
  /** The search of a `test.explore`. */
  readonly exploration?: ExplorationMeta | undefined;
}

/** A search that is on. */
export interface SearchProgressMeta {
  readonly runs: number;
  /** Runs in a second of real time. */
  readonly perSecond: number;
  /** Different orders so far. */
  readonly orders: number;
}

/** An Exploration without what cannot be sent to another process. */
export interface ExplorationMeta {
  readonly passed: boolean;
  readonly runs: number;
  readonly ended: string;
  readonly coverage: string;
  /** The report of the search, as text. */
  readonly report: string;
  readonly failures: readonly {
    readonly key: string;
    readonly firstRun: number;
    readonly count: number;
    readonly token: string | null;
  }[];
}

declare module 'vitest' {
  interface TaskMeta {
    timeloom?: TimeloomMeta;
  }
}

/** Adds to what is told of a test. */
export function tellOf(test: Test, meta: TimeloomMeta): void {
  test.meta.timeloom = { ...test.meta.timeloom, ...meta };
}

/** An Exploration as data that can be sent to another process. */
export function explorationMeta(exploration: Exploration, report: string): ExplorationMeta {
  const { passed, runs, ended, coverage } = exploration;
  const failures = exploration.failures.map(({ key, firstRun, count, token }) => ({ key, firstRun, count, token }));
  return { passed, runs, ended, coverage, report, failures };
}

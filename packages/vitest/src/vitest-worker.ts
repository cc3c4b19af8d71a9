/**
 * What this package needs of the process in which vitest runs a test file, and vitest offers no API for;
 * the same in 4.1 and in 5. Without it, nothing is reported and nothing is kept anew.
 */
import type { TaskMeta } from 'vitest';
import type { Test } from './vitest-internals.ts';

/** What vitest does with snapshots: `-u` is `all`, and in CI it is `none`. The same goes for kept schedules. */
export type UpdateMode = 'all' | 'new' | 'none';

interface WorkerState {
  readonly config?: { readonly snapshotOptions?: { readonly updateSnapshot?: UpdateMode } };
  readonly rpc?: { onTaskUpdate?(packs: unknown[], events: unknown[]): Promise<unknown> };
}

const state = (): WorkerState | undefined => (globalThis as { __vitest_worker__?: WorkerState }).__vitest_worker__;

export function updateMode(): UpdateMode {
  return state()?.config?.snapshotOptions?.updateSnapshot ?? 'new';
}

/** Sends data of a test that still runs to the reporters. */
export function sendMeta(test: Test, meta: TaskMeta): void {
  // Progress is no reason to fail.
  state()
    ?.rpc?.onTaskUpdate?.([[test.id, test.result, meta]], [])
    .catch(() => {});
}

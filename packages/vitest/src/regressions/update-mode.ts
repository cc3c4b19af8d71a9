/** What vitest does with snapshots: `-u` is `all`, and in CI it is `none`. The same goes for kept schedules. */
export type UpdateMode = 'all' | 'new' | 'none';

interface WorkerState {
  readonly config?: { readonly snapshotOptions?: { readonly updateSnapshot?: UpdateMode } };
}

export function updateMode(): UpdateMode {
  const state = (globalThis as { __vitest_worker__?: WorkerState }).__vitest_worker__;
  return state?.config?.snapshotOptions?.updateSnapshot ?? 'new';
}

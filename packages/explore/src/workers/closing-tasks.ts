import type { Nondeterminism } from '../determinism.ts';
import type { Failure } from '../failures.ts';
import { said } from '../outcome.ts';
import { failureFromPlain } from '../plain.ts';
import type { Plan } from '../plan.ts';
import type { FailingRun, Workers } from './protocol.ts';
import { WorkerError } from './worker-error.ts';

/** Shrinks and explains failures, one a worker. */
export async function examine(workers: Workers, failing: readonly FailingRun[]): Promise<Failure[]> {
  const results = failing.map((one) => workers.run<'examine'>({ kind: 'examine', failing: one }));
  return (await Promise.all(results)).map(failureFromPlain);
}

/** Has each worker repeat its first run: all have nothing else to do, so each of them gets one of the tasks. */
export async function repeatFirst(
  workers: Workers,
  { nondeterminism }: Plan,
  isAbandoned: () => boolean,
): Promise<Nondeterminism | null> {
  if (nondeterminism === 'ignore' || isAbandoned()) return null;
  const found = await Promise.all(Array.from({ length: workers.size }, () => repeatOne(workers, isAbandoned)));
  return found.find((one) => one !== null) ?? null;
}

async function repeatOne(workers: Workers, isAbandoned: () => boolean): Promise<Nondeterminism | null> {
  try {
    return await workers.run<'repeat'>({ kind: 'repeat' });
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    // The first run ended, so this is a difference, too: nothing of the search is lost for it.
    const endings = ['it ended', said(error.cause)];
    return isAbandoned() ? null : { difference: null, expectedFrames: [], foundFrames: [], endings };
  }
}

/** Failing runs, one of each kind, the first ones first. */
export function grouped(failing: readonly FailingRun[]): readonly FailingRun[] {
  const byKey = new Map<string, FailingRun>();
  for (const one of failing.toSorted((a, b) => a.number - b.number)) {
    const first = byKey.get(one.key);
    byKey.set(one.key, first === undefined ? one : { ...first, count: first.count + one.count });
  }
  return [...byKey.values()];
}

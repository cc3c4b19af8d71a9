import { PlacedList } from './placed-list.ts';
import type { Suspension } from './waiter.ts';

/** What a task is suspended on. A task may await many at once (`Promise.all`), which end in any order: they are a list. */
export type Suspensions = Suspension | PlacedList<Suspension> | null;

/** `all` and one more. */
export function withSuspension(all: Suspensions, one: Suspension): Suspensions {
  if (all === null) return one;
  const list = all instanceof PlacedList ? all : listOf(all);
  list.add(one);
  return list;
}

function listOf(one: Suspension): PlacedList<Suspension> {
  const list = new PlacedList<Suspension>();
  list.add(one);
  return list;
}

/** `all` without one of them; without effect if it is none of them. */
export function withoutSuspension(all: Suspensions, one: Suspension): Suspensions {
  if (all === one) return null;
  if (!(all instanceof PlacedList)) return all;
  all.delete(one);
  return all.size === 0 ? null : all;
}

/** The last one; null if there is none. */
export function lastSuspension(all: Suspensions): Suspension | null {
  return all instanceof PlacedList ? all.last() : all;
}

/** True if `one` is all that there is. */
export function isOnlySuspension(all: Suspensions, one: Suspension): boolean {
  return all instanceof PlacedList ? all.only() === one : all === one;
}

/** Cancels what is awaited, the last first; true if something of it could be, which will wake the task. */
export function cancelAwaited(all: Suspensions, message: string | undefined): boolean {
  if (!(all instanceof PlacedList)) return all?.cancelAwaited(message) ?? false;
  let cancelled = false;
  const foreign: Suspension[] = [];
  for (const one of all.all().toReversed()) {
    if (one.future?.isForeign === true) foreign.push(one);
    else if (one.cancelAwaited(message)) cancelled = true;
  }
  if (!cancelled) for (const one of foreign) if (one.cancelAwaited(message)) cancelled = true;
  return cancelled;
}

import type { WaitNode } from '@timeloom/loop';
import { describeSite } from './site.ts';
import type { Task } from './task.ts';

/** A task as a node of the wait graph. */
export function waitNodeOf(task: Task): WaitNode {
  const { suspension, coroutine } = task;
  return {
    name: `${task.label} ${coroutine.definition.name}()`,
    awaits: suspension?.describeAwaited() ?? undefined,
    heldBy: suspension?.future?.heldBy,
    // A native promise is awaited unseen: what was recorded last is an earlier await.
    at: suspension === null ? undefined : describeSite(task.awaitSite),
    definedAt: describeSite(coroutine.definition.site),
  };
}

import type { Task } from '@timeloom/asyncio';
import type { HostRestore, Leak } from '@timeloom/host';
import { TimeloomError } from '@timeloom/loop';
import type { LeakPolicy } from './options.ts';

/** A test passed, and left timers, immediates or tasks behind. */
export class LeakError extends TimeloomError {
  /** In the order in which they were made, timers first. */
  readonly leaks: readonly Leak[];

  constructor(leaks: readonly Leak[]) {
    const count = leaks.length === 1 ? '1 thing' : `${leaks.length} things`;
    super(
      'TIMELOOM_LEAK',
      [
        `The test left ${count} behind:`,
        ...leaks.flatMap(describe),
        "End it before the test ends, or allow it by name: { leaks: ['name'] }.",
      ].join('\n'),
    );
    this.leaks = leaks;
  }
}

function describe({ what, dueMs, at }: Leak): string[] {
  const due = dueMs === undefined ? '' : `, due at ${dueMs} ms`;
  return at === undefined ? [`  ${what}${due}`] : [`  ${what}${due}`, `    at ${at}`];
}

/** What is left on a loop and its host, without what the policy allows. `tasks`: those that count. */
export function leaksOf(host: HostRestore | null, tasks: readonly Task[], policy: LeakPolicy): readonly Leak[] {
  if (policy === 'allow') return [];
  const all = [...(host?.leaks() ?? []), ...tasks.map(taskLeak)];
  if (policy === 'error') return all;
  return all.filter(({ what }) => !policy.some((name) => what.includes(name)));
}

function taskLeak(task: Task): Leak {
  const { name, awaits, at, definedAt } = task.toWaitNode();
  return { what: `${name}${awaits === undefined ? '' : ` awaiting ${awaits}`}`, at: at ?? definedAt };
}

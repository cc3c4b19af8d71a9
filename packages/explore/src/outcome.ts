import { DeadlockError, LivelockError, show, StepLimitError, type WaitNode } from '@timeloom/loop';

/** How a run ended, as data. */
export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed' | 'deadlocked' | 'limited'; readonly error: unknown };

export const passed: Outcome = { kind: 'passed' };

/** The outcome of a run that ended with `error`. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof DeadlockError) return { kind: 'deadlocked', error };
  if (error instanceof LivelockError || error instanceof StepLimitError) return { kind: 'limited', error };
  return { kind: 'failed', error };
}

/**
 * What makes two failures the same one: how the run ended, and the first line of what it says. Of a
 * deadlock, which functions wait; of a limit, which one: times and the numbers of tasks differ from
 * order to order. Null for a run that passed.
 */
export function failureKey(outcome: Outcome): string | null {
  if (outcome.kind === 'passed') return null;
  const { kind, error } = outcome;
  if (error instanceof DeadlockError)
    return `${kind}: ${[...new Set(error.waiting.map(whoWaits))].toSorted().join(', ')}`;
  if (kind === 'limited') return `${kind}: ${(error as Error).name}`;
  return `${kind}: ${firstLine(error)}`;
}

/** E.g. `Task-3 transfer()` is `transfer()`; a task with a name of its own keeps it. */
function whoWaits({ name }: WaitNode): string {
  return name.replace(/^Task-\d+ /, '');
}

/** What was thrown, in a line: `AssertionError: balance is 10`. */
export function firstLine(error: unknown): string {
  return said(error).split('\n', 1)[0]!;
}

/** What was thrown, as text. */
export function said(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return typeof error === 'string' ? error : show(error);
}

import { DeadlockError, LivelockError, StepLimitError } from '@timeloom/loop';

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
 * What makes two failures the same one: how the run ended, and the first line of what it says. Null
 * for a run that passed.
 */
export function failureKey(outcome: Outcome): string | null {
  if (outcome.kind === 'passed') return null;
  const { error } = outcome;
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${outcome.kind}: ${said.split('\n', 1)[0]}`;
}

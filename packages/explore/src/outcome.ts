import { tmpdir } from 'node:os';
import { sep } from 'node:path';
import { DeadlockError, LivelockError, show, StepLimitError, type WaitNode } from '@timeloom/loop';
import { userFrames } from './report/frames.ts';

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
 * What makes two failures the same one: how the run ended, and the first line of what it says, without
 * what is random in the names of temporary files. Of a deadlock, which functions wait; of a limit, which
 * one: times and the numbers of tasks differ from order to order. Null for a run that passed.
 */
export function failureKey(outcome: Outcome): string | null {
  if (outcome.kind === 'passed') return null;
  const { kind, error } = outcome;
  if (error instanceof DeadlockError)
    return `${kind}: ${[...new Set(error.waiting.map(whoWaits))].toSorted().join(', ')}`;
  if (kind === 'limited') return `${kind}: ${(error as Error).name}`;
  return `${kind}: ${withoutRandomNames(firstLine(error))}`;
}

const temporaryFiles = `${tmpdir()}${sep}`;

/** What `mkdtemp` has drawn, which may be another name in each run, and which errors of files tell. */
function withoutRandomNames(text: string): string {
  const [before, ...paths] = text.split(temporaryFiles);
  const named = paths.map((path) => path.replace(/^([^/\\\s'"`]+?)[\dA-Za-z]{6}(?![^/\\\s'"`])/, '$1XXXXXX'));
  return [before, ...named].join(temporaryFiles);
}

/**
 * True if two runs failed in the same way: with equal keys, or with errors of one name that were thrown in
 * one place of the program. What an assertion says may hold the values that an order led to.
 */
export function isSameFailure(one: Outcome, other: Outcome): boolean {
  const key = failureKey(one);
  if (key === null || key === failureKey(other)) return key !== null;
  if (one.kind !== 'failed' || other.kind !== 'failed') return false;
  const place = placeOf(one.error);
  return place !== null && place === placeOf(other.error);
}

/** Where an error was thrown, and from which line of the program: packages throw from few places. Null if unknown. */
function placeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const places = userFrames(error).map(({ place }) => place);
  const ofProgram = places.find((place) => !place.includes('/node_modules/'));
  return ofProgram === undefined ? null : [error.name, ofProgram, places[0]].map(withoutDirectories).join(' ');
}

/** Modules that are imported afresh may have other paths each time. */
function withoutDirectories(place: string | undefined): string {
  return /[^/]*\/[^/]*$/.exec(place ?? '')?.[0] ?? String(place);
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

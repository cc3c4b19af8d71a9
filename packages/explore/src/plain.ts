import type { Exploration } from './exploration.ts';
import type { Failure } from './failures.ts';
import type { Outcome } from './outcome.ts';

/** What was thrown, as plain data. */
export type PlainError =
  | {
      readonly name: string;
      readonly message: string;
      readonly stack?: string | undefined;
      /** Of errors that have one, as those of Node and of Timeloom. */
      readonly code?: string | undefined;
    }
  /** Not an Error: what it is as a string. */
  | { readonly thrown: string };

/** An Outcome as plain data. */
export type PlainOutcome =
  | { readonly kind: 'passed' }
  | { readonly kind: Exclude<Outcome['kind'], 'passed'>; readonly error: PlainError };

/** A Failure as plain data. */
export type PlainFailure = Omit<Failure, 'outcome'> & { readonly outcome: PlainOutcome };

/** An Exploration as plain data, for JSON and for messages between threads. */
export type PlainExploration = Omit<Exploration, 'failures'> & { readonly failures: readonly PlainFailure[] };

/** What JSON can hold of an Exploration: all but the errors' own properties. */
export function toPlain(exploration: Exploration): PlainExploration {
  return { ...exploration, failures: exploration.failures.map(failureToPlain) };
}

/**
 * The Exploration that {@link toPlain} made plain. Its errors are plain Errors with the old name,
 * message, stack and code.
 *
 * @throws TypeError if `plain` is nothing of the kind.
 */
export function fromPlain(plain: PlainExploration): Exploration {
  checkShape(plain);
  return { ...plain, nondeterminism: plain.nondeterminism ?? null, failures: plain.failures.map(failureFromPlain) };
}

function checkShape(plain: PlainExploration): void {
  const { passed, runs, failures, coverage, ended, shard } = (plain ?? {}) as Partial<PlainExploration>;
  const simple = typeof passed === 'boolean' && typeof runs === 'number' && typeof coverage === 'string';
  const whole = simple && typeof ended === 'string' && typeof shard === 'object' && Array.isArray(failures);
  if (whole && failures.every((failure) => typeof failure?.key === 'string' && typeof failure.outcome === 'object')) {
    return;
  }
  throw new TypeError(
    'an exploration must have passed, runs, failures, coverage, ended and shard, as toPlain() writes it',
  );
}

export function failureToPlain(failure: Failure): PlainFailure {
  return { ...failure, outcome: outcomeToPlain(failure.outcome) };
}

export function failureFromPlain(failure: PlainFailure): Failure {
  return { ...failure, outcome: outcomeFromPlain(failure.outcome) };
}

export function outcomeToPlain(outcome: Outcome): PlainOutcome {
  if (outcome.kind === 'passed') return outcome;
  return { kind: outcome.kind, error: errorToPlain(outcome.error) };
}

export function outcomeFromPlain(outcome: PlainOutcome): Outcome {
  if (outcome.kind === 'passed') return outcome;
  return { kind: outcome.kind, error: errorFromPlain(outcome.error) };
}

function errorToPlain(error: unknown): PlainError {
  if (!(error instanceof Error)) return { thrown: String(error) };
  const { name, message, stack } = error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { name, message, ...(stack !== undefined && { stack }), ...code };
}

function errorFromPlain(plain: PlainError): unknown {
  if ('thrown' in plain) return plain.thrown;
  const { name, message, stack, code } = plain;
  const error = new Error(message);
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  if (stack !== undefined) error.stack = stack;
  return code === undefined ? error : Object.assign(error, { code });
}

import type { Difference } from '@timeloom/trace';
import type { Exploration } from './explore.ts';
import type { Failure } from './failures.ts';
import { count } from './strategies/wording.ts';

export interface ReportOptions {
  /** The file of the program: how to replay it is told as a command line then, else as a call. */
  readonly program?: string | undefined;
  /** Options of that command line, which must be those of the search. */
  readonly replayOptions?: readonly string[] | undefined;
}

/** The result of a search as text, without a line break at its end. */
export function formatExploration(exploration: Exploration, options: ReportOptions = {}): string {
  const { failures, runs, coverage } = exploration;
  const covered = coverage === '' ? '' : `: ${coverage}`;
  if (failures.length === 0) return `No failure in ${count(runs, 'run')}${covered}`;
  const total = `${count(failures.length, 'failure')} in ${count(runs, 'run')}${covered}`;
  return [...failures.map((failure) => formatFailure(failure, options)), total].join('\n\n');
}

function formatFailure(failure: Failure, options: ReportOptions): string {
  const { key, outcome, firstRun, count: times, token } = failure;
  const lines = [key];
  if (outcome.kind !== 'passed') lines.push(...restOfMessage(outcome.error));
  lines.push(`  first in run ${firstRun}, ${count(times, 'time')} in all`, ...formatSchedule(failure));
  if (token === null) lines.push(...notDeterministic);
  else lines.push(`  token: ${token}`, `  replay: ${replayLine(token, options)}`);
  return lines.join('\n');
}

/** What the key does not have of the message: its lines from the second on. */
function restOfMessage(error: unknown): string[] {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .split('\n')
    .slice(1)
    .map((line) => `  ${line}`.trimEnd());
}

function formatSchedule({ schedule, differencesBefore }: Failure): string[] {
  const { differences } = schedule;
  if (differences.length === 0) return ['  schedule: first in, first out'];
  const shrunk = differencesBefore > differences.length ? ` (${differencesBefore} before shrinking)` : '';
  return [`  schedule: first in, first out, but${shrunk}`, ...differences.map((one) => `    ${inWords(one)}`)];
}

function inWords(difference: Difference): string {
  const { kind, at, option } = difference;
  if (kind === 'take') return `take option ${option} at choice ${at}`;
  return `hold back option ${option} at choice ${at} until choice ${difference.until}`;
}

const notDeterministic: readonly string[] = [
  '  no token, because the program is not deterministic, the same schedule did not fail in the same way again.',
  '  The usual suspects: Date, Math.random, I/O that is not marked with io(), state kept between runs.',
];

function replayLine(token: string, { program, replayOptions = [] }: ReportOptions): string {
  if (program === undefined) return `replay(program, '${token}')`;
  return ['timeloom', 'replay', program, token, ...replayOptions].map(quoted).join(' ');
}

/** A word of a command line, as shells take it. */
function quoted(word: string): string {
  return /^[\w./\\:@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

import { formatTrace, type TraceEvent } from '@timeloom/trace';
import type { Ended } from './budget.ts';
import type { Nondeterminism } from './determinism.ts';
import type { Exploration } from './exploration.ts';
import type { Failure } from './failures.ts';
import { firstLine, said, type Outcome } from './outcome.ts';
import type { Replay } from './replay.ts';
import { errorData } from './report/explain.ts';
import type { Explanation, HeldSwap, StepSite, Swap } from './report/explanation.ts';
import type { Frame } from './report/frames.ts';
import { formatRun, formatRuns } from './report/run-table.ts';
import { count } from './strategies/wording.ts';

export interface ReportOptions {
  /** The file of the program: how to replay it is told as a command line then, else as a call. */
  readonly program?: string | undefined;
  /** Options of that command line, which must be those of the search. */
  readonly replayOptions?: readonly string[] | undefined;
  /** What replays a token, as text; default: {@link replayLine}. */
  readonly toReplay?: ((token: string) => string) | undefined;
  /** Most characters of a line of a table; default 100. */
  readonly width?: number | undefined;
  /** Files below this directory are named from there; default: by their whole path. */
  readonly directory?: string | undefined;
}

/** Lines of a stack that are shown. */
const framesShown = 4;

/** What is not said by the number of runs. */
const endings: Partial<Record<Ended, string>> = { time: ', its time is over', aborted: ', interrupted' };

/** The result of a search as text, without a line break at its end. */
export function formatExploration(exploration: Exploration, options: ReportOptions = {}): string {
  const { passed, failures, runs, nondeterminism, coverage, ended } = exploration;
  const covered = coverage === '' ? '' : `: ${coverage}`;
  const made = `${count(runs, 'run')}${endings[ended] ?? ''}${covered}`;
  const total = failures.length === 0 ? `No failure in ${made}` : `${count(failures.length, 'failure')} in ${made}`;
  const parts = failures.map((failure) => formatFailure(failure, options));
  // What a failure says of it is not said twice.
  if (nondeterminism !== null && failures.every((failure) => failure.nondeterminism === null)) {
    const heading = passed || failures.length > 0 ? 'Not deterministic' : 'failed: not deterministic';
    const what = ': when its first run was repeated at the end of the search, it was not the same.';
    const difference = formatDifference(nondeterminism, ['the first run', 'its repetition'], options);
    parts.push([`${heading}${what}`, ...difference.map((line) => line.replace(indentation, ''))].join('\n'));
  }
  return [...parts, total].join('\n\n');
}

/** One failure as text: what failed, in which order, why, and how to replay it. */
export function formatFailure(failure: Failure, options: ReportOptions = {}): string {
  const { outcome, firstRun, count: times, token, explanation, nondeterminism } = failure;
  const lines = formatOutcome(outcome, options);
  lines.push(`  first in run ${firstRun}, ${count(times, 'time')} in all${inWords(failure)}`);
  if (explanation !== null) lines.push(...formatExplanation(explanation, options));
  if (nondeterminism !== null) lines.push('', ...formatNondeterminism(nondeterminism, options));
  if (token !== null)
    lines.push('', `  token: ${token}`, `  replay: ${options.toReplay?.(token) ?? replayLine(token, options)}`);
  return lines.join('\n');
}

/** A replay as text: the run step by step, and how it ended. */
export function formatReplay(replay: Replay, options: ReportOptions = {}): string {
  const { outcome, run, swaps, steps, time } = replay;
  const table = formatRun(run, swaps, widthOf(options)).map(indent);
  const total = `${outcome.kind}, ${(time / 1000).toFixed(3)} s of virtual time, ${count(steps, 'step')}`;
  const failure = formatOutcome(outcome, options);
  return [...failure, ...(failure.length === 0 ? [] : ['']), ...table, '', total].join('\n');
}

function widthOf({ width = 100 }: ReportOptions): number {
  return width - indentation.length;
}

const indentation = '  ';

function indent(line: string): string {
  return (indentation + line).trimEnd();
}

/** What was thrown, and where; nothing for a run that passed. */
function formatOutcome(outcome: Outcome, options: ReportOptions): string[] {
  if (outcome.kind === 'passed') return [];
  const { kind, error } = outcome;
  const more = said(error).split('\n').slice(1).map(indent);
  return [`${kind}: ${firstLine(error)}`, ...more, ...formatFrames(errorData(error).frames, '  ', options)];
}

function formatFrames(frames: readonly Frame[], before: string, { directory }: ReportOptions): string[] {
  return frames.slice(0, framesShown).map(({ name, place }) => {
    const below = directory !== undefined && place.startsWith(`${directory}/`);
    const shown = below ? place.slice(directory.length + 1) : place;
    return `${before}at ${name === null ? shown : `${name} (${shown})`}`;
  });
}

function inWords({ schedule, differencesBefore, token }: Failure): string {
  const { length } = schedule.differences;
  if (token === null) return '';
  if (length === 0) return '; first in, first out is enough';
  const shrunk = differencesBefore > length ? `, cut down from ${differencesBefore}` : '';
  return `; ${count(length, 'difference')} from first in, first out${shrunk}`;
}

function formatExplanation(explanation: Explanation, options: ReportOptions): string[] {
  const tables = formatRuns(explanation, widthOf(options)).map(indent);
  const swaps = explanation.swaps.flatMap((swap) => ['', ...formatSwap(swap, explanation, options)]);
  return ['', ...tables, ...swaps];
}

function formatSwap(swap: Swap, explanation: Explanation, options: ReportOptions): string[] {
  if (swap.kind === 'held') return formatHeld(swap, explanation, options);
  return [`  drawn: ${swap.taken}, and not ${swap.least}`, ...formatFrames(swap.frames, '      ', options)];
}

function formatHeld({ held, overtaker, overtakers }: HeldSwap, { run }: Explanation, options: ReportOptions): string[] {
  const nameOf = ({ lane, label }: StepSite): string => `${run.lanes[lane]} (${label})`;
  const siteOf = (step: StepSite): string[] => {
    const frames = formatFrames(step.frames, '      ', options);
    if (frames.length === 0) return [];
    return [`    ${nameOf(step)} ${step.cause === 'awaited' ? 'waited' : 'was made'}`, ...frames];
  };
  if (overtaker === null) return [`  swap: ${nameOf(held)} is held back`, ...siteOf(held)];
  const others = overtakers === 1 ? '' : `${count(overtakers - 1, 'other step')} and `;
  const ran = held.number === null ? 'never runs' : `runs after ${others}${nameOf(overtaker)}`;
  return [`  swap: ${nameOf(held)} is held back, and ${ran}`, ...siteOf(held), ...siteOf(overtaker)];
}

function formatNondeterminism(found: Nondeterminism, options: ReportOptions): string[] {
  const heading = '  This program is not deterministic: runs of one schedule are not the same.';
  return [heading, ...formatDifference(found, ['one run', 'another'], options)];
}

function formatDifference(
  { difference, expectedFrames, foundFrames, endings }: Nondeterminism,
  [one, other]: readonly [string, string],
  options: ReportOptions,
): string[] {
  const lines: string[] = [];
  if (difference === null) {
    lines.push(...endings.map((ending, i) => `    run ${i + 1}: ${ending}`));
  } else {
    lines.push(`    They part at event ${difference.index + 1}, which was in ${one}`);
    lines.push(...formatEvent(difference.expected, expectedFrames, options));
    lines.push(`    and in ${other}`, ...formatEvent(difference.found, foundFrames, options));
  }
  return [
    ...lines,
    '  The usual suspects: Date, Math.random, I/O that is not marked with io(), state kept between runs.',
    '  Modules keep state, unless each run imports them anew: timeloom explore --fresh, or freshProgram().',
  ];
}

function formatEvent(event: TraceEvent | null, frames: readonly Frame[], options: ReportOptions): string[] {
  if (event === null) return ['      the end'];
  const line = formatTrace([event]).split('\n')[1]!.trim();
  return [`      ${line.replaceAll(/ {2,}/g, '  ')}`, ...formatFrames(frames, '        ', options)];
}

/** What replays a token: a command line if the file of the program is known, else a call. */
export function replayLine(token: string, { program, replayOptions = [] }: ReportOptions = {}): string {
  if (program === undefined) return `replay(program, '${token}')`;
  return commandLine(['timeloom', 'replay', program, token, ...replayOptions]);
}

/** Words as a line that a shell takes apart into them. */
export function commandLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/** A word of a command line, as shells take it. */
function quoted(word: string): string {
  return /^[\w./\\:@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

import type { Whereabouts } from './watch.ts';

/** What a command knows of itself when its program does not get on. */
export interface Stuck {
  /** As the user named it. */
  readonly file: string;
  readonly patienceMs: number;
  readonly where: Whereabouts;
  /** Null for a replay. */
  readonly search: StuckSearch | null;
}

/** How far a search has got. */
interface StuckSearch {
  /** Runs that are over. */
  readonly runs: number;
  /** Different failures that were found in them. */
  readonly failures: number;
  /** The command line that makes a number of runs of this search. */
  readonly commandLine: (runs: number) => string;
}

/** Where a program is that does not get on, and how to get there again, for the user. */
export function describeStuck({ file, patienceMs, where, search }: Stuck): string {
  const { step, frames, interrupted } = where;
  const limit = `${patienceMs / 1000} s of real time`;
  if (step === null) {
    const when = interrupted ? 'when that was interrupted' : `after ${limit}`;
    return [`timeloom: ${file} was still being imported ${when}: does it have a loop without end?`, ...frames].join(
      '\n',
    );
  }
  const since = interrupted ? 'when it was interrupted' : `for ${limit}`;
  const run = search === null ? 'the replay' : nameOfRun(search, where);
  const lines = [`timeloom: ${run} was in step ${step.number} (${step.label}) ${since}:`, ...frames];
  if (!interrupted) {
    lines.push(
      '  Is there a loop that never awaits? While a step is on, nothing else can run, so the process was ended.',
    );
    lines.push('  To wait for longer: --patience MS.');
  }
  if (search !== null) lines.push('', ...howToGetThere(search));
  return lines.join('\n');
}

function nameOfRun({ runs }: StuckSearch, { executions }: Whereabouts): string {
  const number = runs + 1;
  return executions > 1 ? `run ${number} failed; when it was run again, it` : `run ${number}`;
}

function howToGetThere({ runs, failures, commandLine }: StuckSearch): string[] {
  const again = `  once more: ${commandLine(runs + 1)}`;
  if (runs === 0) return [again];
  const found = failures === 0 ? 'none failed' : `with ${failures === 1 ? 'a failure' : `${failures} failures`}`;
  return [again, `  only what came before (${found}): ${commandLine(runs)}`];
}

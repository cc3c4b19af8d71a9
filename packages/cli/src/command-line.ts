import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { strategies } from '@timeloom/explore';
import { ExitCode } from './exit-code.ts';
import { exploreProgram, replayProgram } from './explore-program.ts';
import { interruptible } from './interrupt.ts';
import { mergeShards } from './merge-shards.ts';
import { runProgram } from './run-program.ts';
import type { ExploreProgramOptions } from './search-options.ts';

/** Where the command line's own text goes. */
export interface CommandLineIo {
  /** Takes help and the version. Default: stdout. */
  readonly writeOut?: ((text: string) => void) | undefined;
  /** Takes what is wrong with the command line. Default: stderr. */
  readonly writeErr?: ((text: string) => void) | undefined;
}

const notes = `
FILE exports an async function named main (or a coroutine, or a generator function; a default export
will do), which is run on a loop. Export it, do not call it. Or it runs its loops itself at the top
level, with run() or newEventLoop(), as a script does; or it is any other script, whose timers run in
virtual time.

What the program prints is all there is on stdout. Errors, the trace and the summary go to stderr,
because real time differs from run to run: with equal seeds, stdout is equal.

Exit codes:
  0  the program ended well
  1  the program threw an exception, or a promise was rejected that nobody handles
  2  the command line or the file is wrong: no such file, a syntax error, no main
  3  deadlock: the program waits for something that nobody will do
  4  livelock or step limit: the program took more steps than allowed`;

const exploreNotes = `
FILE exports a function named program (a default export will do), which takes the context of
@timeloom/explore. It is run again and again, and must make all that it needs anew each time. What
its modules keep is made anew with --fresh, which imports them again for each run.

The result goes to stdout, behind what the program prints; errors, progress and the trace go to
stderr. A replay needs the options about order of the search: the line that the search prints has
them. Ctrl-C ends a search with the report of what was found so far.

Exit codes:
  0    the program passed
  1    a failure was found, or the replay fails; with --nondeterminism error, the first run does not repeat
  2    the command line, the file or the token is wrong, or the program does not take the token's steps
  4    a step of the program did not end within --patience, or a thread of --workers could not go on
  130  a search was ended by Ctrl-C`;

const mergeNotes = `
Exit codes:
  0  no shard found a failure
  1  a failure was found
  2  the files are not the shards of one search, or not all of them`;

/**
 * The `timeloom` command.
 *
 * @param args the arguments, without node and the script.
 * @returns the exit code. Never throws for what the user did.
 */
export async function runCommandLine(args: readonly string[], io: CommandLineIo = {}): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok;
  const command = createCommand(io, async (ending) => {
    exitCode = await ending;
  });
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  }
  return exitCode;
}

function createCommand(
  { writeOut, writeErr }: CommandLineIo,
  end: (ending: Promise<ExitCode>) => Promise<void>,
): Command {
  const command = new Command('timeloom')
    .description('Runs asyncio programs in TypeScript on a virtual clock, and searches their orders.')
    .version(version())
    .exitOverride()
    .configureOutput({ ...(writeOut && { writeOut }), ...(writeErr && { writeErr }) });
  command
    .command('run')
    .description('Runs a program; its sleeps and timeouts take no real time.')
    .argument('<FILE>', 'a TypeScript or JavaScript file')
    .option('--real', 'run on the real clock')
    .option('--trace', 'print each step: virtual time, turn, step, task, what it does')
    .option('--seed <N>', 'seed of loop.random() (default: 0)', parseSeed)
    .option('--max-steps <N>', 'most steps of one run (default: 10000000 on a virtual clock)', parsePositive)
    .addHelpText('after', notes)
    .showHelpAfterError('(timeloom run --help tells more)')
    .action((file: string, options) =>
      end(runProgram(file, options, { wholeProcess: true }).then((result) => result.exitCode)),
    );
  const undeclared = new Option('--undeclared <WHAT>', 'for dpor: what steps are that declare no access');
  const nondeterminism = new Option(
    '--nondeterminism <WHAT>',
    'what a first run is that does not repeat at the end (default: warn)',
  );
  const explore = command
    .command('explore')
    .description('Runs a program in many orders, looks for one in which it fails, and cuts that down.')
    .argument('<FILE>', 'a TypeScript or JavaScript file that exports a program')
    .option('--runs <N>', 'most runs of the search (default: 1000)', parsePositive)
    .option('--seed <S>', 'equal seeds give equal searches (default: 0)', parseSeed)
    .addOption(new Option('--strategy <NAME>', 'how to search (default: pct)').choices(Object.keys(strategies)))
    .option(
      '--depth <D>',
      'of the bugs to look for, for strategies that have one (default: 3; pct varies it)',
      parsePositive,
    )
    .addOption(undeclared.choices(['dependent', 'independent']))
    .option('--max-time <MS>', 'most real time of the search, in milliseconds (default: no limit)', parsePositive)
    .option('--workers <N>', 'threads that make the runs (default: 1)', parsePositive)
    .option('--shard <I/N>', 'make the I-th of N parts of the search')
    .option('--keep-going', 'collect the different failures instead of ending at the first')
    .addOption(nondeterminism.choices(['error', 'warn', 'ignore']))
    .option('--shrink-to-any', 'let the search cut a failure down to any other one')
    .addHelpText('after', exploreNotes)
    .showHelpAfterError('(timeloom explore --help tells more)')
    .action((file: string, options) =>
      end(interruptible((signal) => exploreProgram(file, inApi(options), { signal, wholeProcess: true }))),
    );
  const replay = command
    .command('replay')
    .description('Runs a program once more in the order of a token that a search printed.')
    .argument('<FILE>', 'a TypeScript or JavaScript file that exports a program')
    .argument('<TOKEN>', 'the token')
    .option('--trace', 'print each step: virtual time, turn, step, task, what it does')
    .addHelpText('after', exploreNotes)
    .showHelpAfterError('(timeloom replay --help tells more)')
    .action((file: string, token: string, options) =>
      end(replayProgram(file, token, inApi(options), { wholeProcess: true })),
    );
  for (const one of [explore, replay]) addOrderOptions(one);
  command
    .command('merge')
    .description('Puts the shards of a search together.')
    .argument('<FILE...>', 'what timeloom explore --json --shard I/N printed, one file for each I')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', mergeNotes)
    .showHelpAfterError('(timeloom merge --help tells more)')
    .action((files: readonly string[], options) => end(Promise.resolve(mergeShards(files, options))));
  return command;
}

function addOrderOptions(command: Command): void {
  const reorder = new Option('--reorder <WHAT>', 'what may be reordered (default: ready)');
  const scope = new Option('--scope <WHAT>', 'race all tasks, or those in race() only (default: all)');
  command
    .addOption(reorder.choices(['ties', 'ready', 'free']))
    .addOption(scope.choices(['all', 'race']))
    .option('--fresh', 'import the program and all that it imports anew for each run')
    .option('--lateness <MS>', 'by how much timers may be late (default: 0)', parseMs)
    .option('--run-ahead <MS>', 'by how much time may run ahead of an operation (default: 1000)', parseMs)
    .option('--max-steps <N>', 'most steps of one run (default: 100000)', parsePositive)
    .option('--max-steps-per-instant <N>', 'most steps while time stands still (default: 10000)', parsePositive)
    .option(
      '--patience <MS>',
      'most real time of one step; of one run, with --workers (default: 10000; 60000)',
      parsePositive,
    )
    .option('--json', 'print the result as JSON');
}

/** Options that carry milliseconds end in `Ms` in the API. */
interface InMs {
  readonly lateness?: number;
  readonly runAhead?: number;
  readonly maxTime?: number;
  readonly patience?: number;
}

function inApi<T extends InMs>(
  options: T,
): Omit<T, keyof InMs> & Pick<ExploreProgramOptions, 'latenessMs' | 'runAheadMs' | 'maxTimeMs' | 'patienceMs'> {
  const { lateness: latenessMs, runAhead: runAheadMs, maxTime: maxTimeMs, patience: patienceMs, ...others } = options;
  return { ...others, latenessMs, runAheadMs, patienceMs, ...(maxTimeMs !== undefined && { maxTimeMs }) };
}

function parseMs(text: string): number {
  const ms = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && Number.isFinite(ms)) return ms;
  throw new InvalidArgumentError('It must be a number of milliseconds, 0 or more.');
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError(
    `It must be a whole number from -${Number.MAX_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}.`,
  );
}

function parsePositive(text: string): number {
  const steps = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(steps) && steps > 0) return steps;
  throw new InvalidArgumentError('It must be a positive whole number.');
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

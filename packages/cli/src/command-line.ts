import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { ExitCode } from './exit-code.ts';
import { runProgram, type RunOptions } from './run-program.ts';

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
level, with run() or newEventLoop(), as a script does.

What the program prints is all there is on stdout. Errors, the trace and the summary go to stderr,
because real time differs from run to run: with equal seeds, stdout is equal.

Exit codes:
  0  the program ended well
  1  the program threw an exception
  2  the command line or the file is wrong: no such file, a syntax error, no main
  3  deadlock: the program waits for something that nobody will do
  4  livelock or step limit: the program took more steps than allowed`;

/**
 * The `timeloom` command.
 *
 * @param args the arguments, without node and the script.
 * @returns the exit code. Never throws for what the user did.
 */
export async function runCommandLine(args: readonly string[], io: CommandLineIo = {}): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok;
  const command = createCommand(io, async (file, options) => {
    ({ exitCode } = await runProgram(file, options));
  });
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  }
  return exitCode;
}

type Run = (file: string, options: RunOptions) => Promise<void>;

function createCommand({ writeOut, writeErr }: CommandLineIo, run: Run): Command {
  const command = new Command('timeloom')
    .description('Runs asyncio programs in TypeScript on a virtual clock.')
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
    .option('--max-steps <N>', 'most steps of one run (default: 10000000 on a virtual clock)', parseMaxSteps)
    .addHelpText('after', notes)
    .showHelpAfterError('(timeloom run --help tells more)')
    .action(run);
  return command;
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError(
    `It must be a whole number from -${Number.MAX_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}.`,
  );
}

function parseMaxSteps(text: string): number {
  const steps = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(steps) && steps > 0) return steps;
  throw new InvalidArgumentError('It must be a positive whole number.');
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

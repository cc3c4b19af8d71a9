/** What the command's exit codes mean. */
export const ExitCode = {
  /** The program ended well. */
  ok: 0,
  /** The program threw, or a search found that it can fail. */
  failed: 1,
  /** The command line, or the file: missing, not a program, a syntax error. */
  usage: 2,
  /** The program waits for something that nobody will do. */
  deadlock: 3,
  /** The program took more steps than allowed, in all or while time stood still; or in a search, one step that does not end. */
  limit: 4,
  /** The user ended a search with Ctrl-C, as 128 + SIGINT says in a shell. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The command or the file is at fault, not the program. The message names the file. */
export class UsageError extends Error {
  override get name(): string {
    return 'UsageError';
  }
}

/** The program waits, outside of any loop, for a promise that nobody settles. */
export class UnsettledError extends Error {
  readonly code = 'TIMELOOM_DEADLOCK';

  override get name(): string {
    return 'UnsettledError';
  }
}

// Compared by code and not by class: the program may have another copy of the loop than we do.
const codes: Readonly<Record<string, ExitCode>> = {
  TIMELOOM_DEADLOCK: ExitCode.deadlock,
  TIMELOOM_LIVELOCK: ExitCode.limit,
  TIMELOOM_STEP_LIMIT: ExitCode.limit,
};

/** The exit code of a program that ended with `error`. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return ExitCode.usage;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return codes[code] ?? ExitCode.failed;
}

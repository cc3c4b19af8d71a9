import { TimeloomError } from '@timeloom/loop';

/** Code on a loop with simulated I/O called a function of the host that has no simulation. */
export class NotSimulatedError extends TimeloomError {
  /** The function, e.g. `fs.watch`. */
  readonly what: string;

  constructor(what: string) {
    super(
      'TIMELOOM_NOT_SIMULATED',
      `${what} is not simulated: it would run outside of the loop's control. ` +
        'Replace it in the program, or leave its module out of simulateIo()',
    );
    this.what = what;
  }
}

/** An error as the system gives it, e.g. ECONNRESET. */
export function systemError(code: string, syscall: string, detail = ''): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${syscall} ${code}${detail === '' ? '' : ` ${detail}`}`);
  return Object.assign(error, { code, syscall });
}

/** An error as Node gives it to who has aborted. */
export function abortError(cause: unknown): Error {
  return Object.assign(new Error('The operation was aborted', { cause }), { name: 'AbortError', code: 'ABORT_ERR' });
}

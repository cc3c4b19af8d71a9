import { closeSync, openSync, writeSync } from 'node:fs';
import { url as debuggerUrl } from 'node:inspector';
import { devNull } from 'node:os';
import { sep } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Program, ProgramSource } from '@timeloom/explore';
import { checkLimit, type EventLoop } from '@timeloom/loop';
import { ExitCode } from '../exit-code.ts';
import { ownFrames } from '../report.ts';
import { cell, cells, key, looks, said, state, type InterruptData, type Watched, type WatchData } from './protocol.ts';

// Before anybody puts them on a loop.
const { setInterval, clearInterval } = globalThis;

/** Where a program is that does not get on. */
export interface Whereabouts {
  /** The step that it is in; null while its file is imported. */
  readonly step: { readonly number: number; readonly label: string } | null;
  /** How often the program was run since the last run of the search: more than once if that failed. */
  readonly executions: number;
  /** Lines of the stack, those of the program only. */
  readonly frames: readonly string[];
  /** True if that was ended by Ctrl-C, false if by the lack of patience. */
  readonly interrupted: boolean;
}

export interface WatchOptions {
  /** How long one step may take, in real milliseconds. */
  readonly patienceMs: number;
  /** True hears Ctrl-C also in the middle of a step, and passes it on to who listens to SIGINT. */
  readonly hearsInterrupts: boolean;
  /** What to say before the process is ended. */
  readonly describe: (where: Whereabouts) => string;
}

/** Has a thread look whether steps end, and ends the process if one does not. */
export class Watch implements Watched {
  /** Fulfilled when no Ctrl-C is lost any more, whatever this thread does. */
  readonly listening: Promise<void>;
  readonly #options: WatchOptions;
  readonly #cells = new Int32Array(new SharedArrayBuffer(cells * Int32Array.BYTES_PER_ELEMENT));
  readonly #beating: ReturnType<typeof setInterval>;
  /** Of the run that began last; null while the file is imported. */
  #loop: EventLoop | null = null;
  #imported = false;
  #executions = 0;

  /** @throws TypeError, RangeError for bad patience. */
  constructor(options: WatchOptions) {
    const { patienceMs, hearsInterrupts } = options;
    checkLimit('patienceMs', patienceMs);
    this.#options = options;
    Object.defineProperty(globalThis, Symbol.for(key), { value: this, configurable: true });
    // Counts whenever the host is let run: steps in between cost nothing.
    this.#beating = setInterval(() => Atomics.add(this.#cells, cell.beats, 1), patienceMs / looks / 4);
    this.#beating.unref();
    const data: WatchData = { cells: this.#cells, patienceMs };
    startThread('./watch-thread.js', data);
    this.listening = hearsInterrupts ? startListening({ cells: this.#cells }) : Promise.resolve();
  }

  /** The program, and from now on what is watched are its runs. */
  watched(program: Program | ProgramSource): ProgramSource {
    this.#imported = true;
    const run =
      (own: Program): Program =>
      (context) => {
        this.#executions++;
        this.#loop = context.loop;
        return own(context);
      };
    if (typeof program === 'function') {
      const own = run(program);
      return { load: () => own };
    }
    const prepare = program.prepare?.bind(program);
    const load = async (): Promise<Program> => run(await program.load());
    return prepare === undefined ? { load } : { load, prepare };
  }

  /** A run of the search is over. */
  runEnded(): void {
    this.#executions = 0;
  }

  position(): string | null {
    if (debuggerUrl() !== undefined) return null;
    if (!this.#imported) return 'import';
    const loop = this.#loop;
    if (loop === null || loop.currentLabel() === null) return null;
    return `${this.#executions} ${loop.statistics().steps}`;
  }

  end(interrupted: boolean): void {
    const loop = this.#loop;
    const label = loop?.currentLabel() ?? null;
    const step = label === null ? null : { number: loop!.statistics().steps, label };
    const where = { step, executions: this.#executions, frames: framesHere(), interrupted };
    try {
      writeSync(process.stderr.fd, `${this.#options.describe(where)}\n`);
      // Node would say that it waits for a debugger, which is what the watching thread looks like.
      closeSync(process.stderr.fd);
      openSync(devNull, 'w');
    } finally {
      process.exit(interrupted ? ExitCode.interrupted : ExitCode.limit);
    }
  }

  stop(): void {
    clearInterval(this.#beating);
    Atomics.store(this.#cells, cell.state, state.over);
    Atomics.notify(this.#cells, cell.state);
    Reflect.deleteProperty(globalThis, Symbol.for(key));
  }
}

/** Hears Ctrl-C from when the promise is fulfilled. */
async function startListening(data: InterruptData): Promise<void> {
  const thread = startThread('./interrupt-thread.js', data);
  await new Promise<void>((resolve) => {
    thread.on('message', (message) => {
      if (message === said.listening) resolve();
      else process.emit('SIGINT', 'SIGINT');
    });
    // Where it cannot be, Ctrl-C is heard as anywhere: between steps.
    thread.on('exit', () => resolve());
    // Nobody else keeps the process until then.
    thread.ref();
  });
  thread.unref();
}

function startThread(file: string, workerData: object): Worker {
  // Without what preloads modules: it has no need of them.
  const thread = new Worker(new URL(file, import.meta.url), { workerData, execArgv: [], env: {} });
  // Where Node has no inspector, nothing is watched.
  thread.on('error', () => {});
  thread.unref();
  return thread;
}

/** Enough to look past our own frames. */
const framesKept = 50;

function framesHere(): readonly string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = framesKept;
  try {
    // What the watching thread had this thread evaluate is in no file.
    const frames = ownFrames(new Error('here')).filter((line) => !line.startsWith('    at <anonymous>:'));
    return frames.map((line) => line.replace(process.cwd() + sep, ''));
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

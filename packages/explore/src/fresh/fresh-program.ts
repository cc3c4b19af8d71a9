import type { AsyncioEventLoop } from '@timeloom/asyncio';
import type { ExecutionOptions, Program, ProgramSource } from '../execution.ts';
import { exportedProgram } from '../program-module.ts';
import { fileUrlOf, FreshMemoryError, importFresh } from './import-fresh.ts';

export interface FreshProgramOptions {
  /** The name of the export; default `program`, or the default export if there is none of that name. */
  readonly export?: string | undefined;
  /**
   * Called with the loop of each run before its modules are imported, e.g. to put the host's timers and
   * dates on it; what it returns undoes that when the run is over. Not called again for a program that
   * prepares its runs itself, for which it is undone when the modules are imported.
   */
  readonly prepare?: ExecutionOptions['prepare'];
}

/**
 * A program whose modules are imported anew for each run, by {@link importFresh}: what they keep (caches,
 * counters, pools of connections) begins anew, too.
 *
 * They are imported when the loop of the run is there and prepared, at the moment when the run begins. With
 * the host on that loop, clocks and chance are the same in each run, also for what modules keep of them;
 * timers that modules make are timers of the run, and fire in it. What modules throw fails the run.
 *
 * The module may export a function, or an object with `load()`, which is then called for each run.
 *
 * @param module a `file:` URL, e.g. `new URL('./program.ts', import.meta.url)`.
 * @throws TypeError if `module` is none.
 */
export function freshProgram(module: URL | string, options: FreshProgramOptions = {}): ProgramSource {
  const url = fileUrlOf(module);
  const programs = new WeakMap<AsyncioEventLoop, Program>();
  return {
    load: () => (context) => {
      const program = programs.get(context.loop);
      if (program !== undefined) return program(context);
      throw new TypeError(
        'A fresh program imports its modules when its loop is prepared: give prepare to freshProgram(), and not to the search',
      );
    },
    prepare: async (loop) => {
      const run = new FreshRun(url, options);
      programs.set(loop, await run.begin(loop));
      return () => run.end();
    },
  };
}

/** The modules of one run. */
class FreshRun {
  readonly #url: string;
  readonly #options: FreshProgramOptions;
  /** What is to be undone when the run is over, the last one first. */
  #undo: (() => void)[] = [];

  constructor(url: string, options: FreshProgramOptions) {
    this.#url = url;
    this.#options = options;
  }

  /** The program of the run; one that throws what the import has thrown. */
  async begin(loop: AsyncioEventLoop): Promise<Program> {
    const { prepare, export: name } = this.#options;
    const unprepare = await prepare?.(loop);
    if (unprepare !== undefined) this.#undo.push(unprepare);
    try {
      const { exports, forget } = await importFresh(this.#url);
      this.#undo.unshift(forget);
      const found = exportedProgram(exports, this.#url, name);
      return typeof found === 'function' ? found : await this.#load(found, loop);
    } catch (error) {
      if (error instanceof FreshMemoryError) {
        this.end();
        throw error;
      }
      return () => {
        throw error;
      };
    }
  }

  async #load(source: ProgramSource, loop: AsyncioEventLoop): Promise<Program> {
    if (source.prepare === undefined) return await source.load();
    // It wants the host for itself.
    const [forget, ...prepared] = this.#undo;
    this.#undo = [forget!];
    for (const undo of prepared) undo();
    const program = await source.load();
    this.#undo.push(await source.prepare(loop));
    return program;
  }

  end(): void {
    for (const undo of this.#undo.toReversed()) undo();
  }
}

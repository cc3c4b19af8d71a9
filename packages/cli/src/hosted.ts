import type { Program, ProgramSource } from '@timeloom/explore';
import { installHost, type TakeOverOptions } from '@timeloom/host';
import { show, type EventLoop } from '@timeloom/loop';
import { UsageError } from './exit-code.ts';

/** The program that a module exports. @throws UsageError if it is missing, or cannot be run. */
export function programOf(module: Readonly<Record<string, unknown>>, file: string): Program | ProgramSource {
  const program = module['program'] ?? module['default'];
  if (program === undefined) {
    throw new UsageError(`${file} has no program: export a function named program, which takes the context`);
  }
  if (typeof program === 'function') return program as Program;
  if (hasLoad(program)) return program;
  const expected = 'it must be a function, or an object with load()';
  throw new UsageError(`${file} exports a program that cannot be run: ${expected}, got ${show(program)}`);
}

function hasLoad(value: unknown): value is ProgramSource {
  return typeof value === 'object' && value !== null && 'load' in value && typeof value.load === 'function';
}

/**
 * Of the host, what a search has on its loops. Real I/O stays outside: its order is not the search's, and
 * a clock that waits for it would let no timer overtake an operation.
 */
export const searchedHost: TakeOverOptions = { except: ['io'] };

/** Puts the host on the loop of a run. */
export function installForRun(loop: EventLoop): () => void {
  return installHost(loop, { ...searchedHost, sites: 0, processListeners: 'restore' });
}

/** A program that has the host's timers and dates on the loop of each run, unless it prepares its runs itself. */
export function hosted(program: Program | ProgramSource): ProgramSource {
  const load = typeof program === 'function' ? () => program : () => program.load();
  if (typeof program !== 'function' && program.prepare !== undefined) return program;
  return { load, prepare: installForRun };
}

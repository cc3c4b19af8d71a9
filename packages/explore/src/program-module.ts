import { show } from '@timeloom/loop';
import type { Program, ProgramSource } from './execution.ts';
import { watchingUncaught } from './uncaught.ts';

/** A program by the module that exports it: for workers, which a function cannot be sent to. */
export interface ProgramModule {
  /** A `file:` URL, e.g. `new URL('./program.ts', import.meta.url)`; or that as a string. */
  readonly module: URL | string;
  /** The name of the export; default `program`, or the default export if there is none of that name. */
  readonly export?: string | undefined;
}

export function isProgramModule(program: unknown): program is ProgramModule {
  return typeof program === 'object' && program !== null && 'module' in program;
}

/** The URL of the module. @throws TypeError if it is none. */
export function urlOf({ module }: ProgramModule): string {
  const url = String(module);
  if (/^(?:file|data):/.test(url)) return url;
  throw new TypeError(
    `module must be a file: URL, such as new URL('./program.ts', import.meta.url), got ${show(module)}`,
  );
}

/**
 * Imports the program.
 *
 * @throws TypeError if the module does not export it; what the import of the module throws.
 */
export async function loadProgram(program: ProgramModule): Promise<Program | ProgramSource> {
  const url = urlOf(program);
  // Listeners that modules make now are the program's.
  const importing = (): Promise<Readonly<Record<string, unknown>>> => import(/* @vite-ignore */ url);
  const exports = await watchingUncaught(importing);
  return exportedProgram(exports, url, program.export);
}

/** The program among the exports of the module at `url`. @throws TypeError if there is none. */
export function exportedProgram(
  exports: Readonly<Record<string, unknown>>,
  url: string,
  name: string = 'program' in exports ? 'program' : 'default',
): Program | ProgramSource {
  const found = exports[name];
  if (isProgram(found)) return found;
  const expected = 'a function, or an object with load()';
  throw new TypeError(`export ${show(name)} of ${url} must be ${expected}, got ${show(found)}`);
}

export function isProgram(value: unknown): value is Program | ProgramSource {
  return (
    typeof value === 'function' || typeof (value as Partial<ProgramSource> | null | undefined)?.load === 'function'
  );
}

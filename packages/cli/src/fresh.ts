import { pathToFileURL } from 'node:url';
import { AsyncioEventLoop, VirtualClock } from '@timeloom/asyncio';
import type { ProgramSource } from '@timeloom/explore';
import { freshProgram, importFresh } from '@timeloom/explore/fresh';
import { installForRun, programOf } from './hosted.ts';
import { explainLoadError } from './load-errors.ts';
import { registerTypeScript } from './register-typescript.ts';

/**
 * The program of a file, imported anew for each run. It is imported once, and forgotten, to see that it can be.
 *
 * @param file as the user named it. @param path the same, absolute. @param isHosted whether the host is on
 * the loops of runs.
 * @throws UsageError if a file is at fault; else what the program throws.
 */
export async function freshSource(file: string, path: string, isHosted: boolean): Promise<ProgramSource> {
  await registerTypeScript();
  const url = pathToFileURL(path).href;
  const loop = new AsyncioEventLoop({ clock: new VirtualClock() });
  const undo = isHosted ? installForRun(loop) : () => {};
  try {
    const { exports, forget } = await importFresh(url);
    forget();
    programOf(exports, file);
  } catch (error) {
    throw explainLoadError(error, path);
  } finally {
    undo();
    loop.close();
  }
  return freshProgramOf(url, isHosted);
}

/** As {@link freshSource}, of a program that was looked at before. */
export function freshProgramOf(url: string, isHosted: boolean): ProgramSource {
  return freshProgram(url, isHosted ? { prepare: installForRun } : {});
}

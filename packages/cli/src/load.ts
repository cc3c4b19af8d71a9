import { pathToFileURL } from 'node:url';
import { explainLoadError } from './load-errors.ts';
import type { Loader } from './loader.ts';

/** Imports the program at an absolute path. @throws UsageError if a file is at fault; else what the program throws. */
export async function load(loader: Loader, path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await loader.load(pathToFileURL(path).href);
  } catch (error) {
    throw explainLoadError(error, path);
  }
}

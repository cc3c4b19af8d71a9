import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import * as ownAsyncio from '@timeloom/asyncio';
import * as ownExplore from '@timeloom/explore';
import type { AsyncioModule } from './program-loops.ts';
import { registerTypeScript } from './register-typescript.ts';

/** The module that searches the orders of a program. */
export type ExploreModule = typeof ownExplore;

/** How a program gets into this process. */
export interface Loader {
  /** Called before the host is taken over: what a loader does for itself is no part of the program. */
  prepare?(): Promise<void>;
  /** Imports a module by its `file:` URL, TypeScript or JavaScript. */
  load(url: string): Promise<Readonly<Record<string, unknown>>>;
  /** The module that the program at `path` gets when it imports `@timeloom/asyncio`. */
  asyncioFor(path: string): Promise<AsyncioModule>;
  /**
   * The `@timeloom/explore` that works with the asyncio of the program at `path`; null if there is
   * none. Default: our own.
   */
  exploreFor?(path: string): Promise<ExploreModule | null>;
}

/** Loads through tsx, which stays registered for the rest of the process. */
export const tsxLoader: Loader = {
  prepare: registerTypeScript,

  async load(url) {
    await registerTypeScript();
    return (await import(url)) as Readonly<Record<string, unknown>>;
  },

  async asyncioFor(path) {
    const theirs = resolveFrom(path, asyncio);
    if (theirs === null || theirs === resolveFrom(import.meta.url, asyncio)) return ownAsyncio;
    return (await import(pathToFileURL(theirs).href)) as AsyncioModule;
  },

  async exploreFor(path) {
    const theirs = resolveFrom(path, asyncio);
    if (theirs === null || theirs === resolveFrom(import.meta.url, asyncio)) return ownExplore;
    const beside = resolveFrom(path, '@timeloom/explore');
    if (beside === null || resolveFrom(beside, asyncio) !== theirs) return null;
    return (await import(pathToFileURL(beside).href)) as ExploreModule;
  },
};

const asyncio = '@timeloom/asyncio';

/** The file behind a package for code at a path or `file:` URL; null if there is none. */
function resolveFrom(place: string, name: string): string | null {
  try {
    return createRequire(place).resolve(name);
  } catch {
    // The program does not use it, or does not run: its own import will say why.
    return null;
  }
}

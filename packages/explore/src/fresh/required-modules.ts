import * as nodeModule from 'node:module';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';
import { isShared, urlInRun } from './fresh-hooks.ts';

/** A module of CommonJS, as far as it is used here. */
interface CommonJsModule {
  filename: string;
  readonly exports: object;
  _compile(source: string, filename: string, format: 'module'): void;
}

type Load = (request: string, parent: CommonJsModule | undefined, isMain: boolean) => unknown;

/** What Node's documentation leaves out, and everybody uses who changes how CommonJS is loaded. */
const commonJs = nodeModule.Module as unknown as {
  new (id: string): CommonJsModule;
  _load: Load;
  readonly _cache: Record<string, CommonJsModule>;
  readonly _resolveFilename: (...args: Parameters<Load>) => string;
};

/** The run whose modules are there now; null outside of runs. */
let current: RequiredModules | null = null;

/** What was there before the first of them. */
let outside: readonly (readonly [string, CommonJsModule])[] = [];

let patched = false;

/**
 * What code of CommonJS has required in one run, `import` of CommonJS included. Nothing is there when it
 * begins, but for addons, of which a process can load one only.
 */
export class RequiredModules {
  readonly #run: string;
  /** ES modules that were required, by path. */
  readonly #modules = new Map<string, object>();

  constructor(run: string) {
    this.#run = run;
    patch();
    const known = clearCache();
    if (current === null) outside = known;
    current = this;
  }

  /** Brings back what was there before the runs, unless another one has begun. */
  forget(): void {
    if (current !== this) return;
    current = null;
    clearCache();
    for (const [path, module] of outside) commonJs._cache[path] ??= module;
    outside = [];
  }

  /** The ES module at a path, which Node would give to every run: it knows what is required by path alone. */
  module(path: string): object {
    let module = this.#modules.get(path);
    if (module === undefined) this.#modules.set(path, (module = this.#import(path)));
    return module;
  }

  #import(path: string): object {
    const url = JSON.stringify(urlInRun(pathToFileURL(path).href, this.#run));
    const facade = `export * as namespace from ${url};`;
    const { namespace } = evaluate(`${path}.${this.#run}.mjs`, facade) as { readonly namespace: object };
    if (!('default' in namespace) || '__esModule' in namespace) return namespace;
    // As Node does, for code that was compiled from `import` to `require`.
    const marked = `export * from ${url}; export { default } from ${url}; export const __esModule = true;`;
    return evaluate(`${path}.${this.#run}-default.mjs`, marked);
  }
}

/** Evaluates an ES module at once. @param path of no file. */
function evaluate(path: string, source: string): object {
  const module = new commonJs(path);
  module.filename = path;
  module._compile(source, path, 'module');
  return module.exports;
}

/** Removes everything but addons; returns what it was. */
function clearCache(): (readonly [string, CommonJsModule])[] {
  const removed = Object.entries(commonJs._cache).filter(([path]) => !path.endsWith('.node'));
  for (const [path] of removed) Reflect.deleteProperty(commonJs._cache, path);
  return removed;
}

/** Once, and for good: others may have patched it since. */
function patch(): void {
  if (patched) return;
  patched = true;
  const load = commonJs._load;
  commonJs._load = function (this: unknown, ...args) {
    const exports = Reflect.apply(load, this, args);
    if (current === null || !types.isModuleNamespaceObject(exports) || isShared(args[0])) return exports;
    return current.module(commonJs._resolveFilename(...args));
  };
}

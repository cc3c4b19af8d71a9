import { moduleLoader, workerState } from './realm.ts';

/** Modules of the host of which something is replaced. */
const replaced: ReadonlySet<unknown> = new Set(
  [
    'crypto',
    'dns',
    'dns/promises',
    'fs',
    'fs/promises',
    'http',
    'https',
    'process',
    'timers',
    'timers/promises',
    'worker_threads',
  ].flatMap((name) => [name, `node:${name}`]),
);

let areLive = false;

/**
 * Has what tests import by name from the host be what is there when they use it, as it is outside of contexts of
 * `node:vm`: in these it is what was there at the first import of the module, and some vitest imports itself
 * before this package can replace anything. Idempotent, and for good: without a test in virtual time, what is
 * there is the host's.
 */
export function makeBuiltinsLive(): void {
  const loader = moduleLoader();
  const request = loader?._cachedRequest;
  if (areLive || request === undefined || workerState()?.ctx?.pool?.startsWith('vm') !== true) return;
  areLive = true;
  loader!._cachedRequest = async (...args) => {
    const loaded = await Reflect.apply(request, loader, args);
    const [id] = args;
    return replaced.has(id) ? liveExports(String(id)) : loaded;
  };
}

/** As what `import * as` gives, without copies of what was there. No getters: vitest makes no mocks of them. */
function liveExports(id: string): object {
  const exported = process.getBuiltinModule(id) as object;
  const special: Record<string | symbol, unknown> = {
    __proto__: null,
    default: exported,
    [Symbol.toStringTag]: 'Module',
  };
  const now = (name: string | symbol): unknown => special[name] ?? Reflect.get(exported, name);
  const names = [...Object.keys(exported), 'default'];
  return new Proxy(Object.seal(Object.fromEntries(names.map((name) => [name, null]))), {
    get: (_, name) => now(name),
    getOwnPropertyDescriptor: (target, name) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(target, name);
      return descriptor && { ...descriptor, value: now(name) };
    },
    defineProperty: (_, name, { value }) => {
      if (value === now(name)) return true;
      // In the words of the engine, which vitest explains.
      throw new TypeError(`Cannot redefine property: ${String(name)}`);
    },
  });
}

import { disguise, Patcher } from './patcher.ts';
import { nodeVm, type Realm } from './realm.ts';
import type { Takeover } from './takeover.ts';

type CreateContext = typeof nodeVm.createContext;

const { isContext, runInContext } = nodeVm;

/** Those that are installed, and have something to do in each realm. */
const installed = new Set<Takeover>();

function creating(original: CreateContext): CreateContext {
  const dispatcher = function (this: unknown, ...args: Parameters<CreateContext>): ReturnType<CreateContext> {
    const isNew = !isContextified(args[0]);
    const context = original.apply(this as never, args);
    if (isNew) takeOverContext(context);
    return context;
  };
  return disguise(dispatcher, original);
}

function isContextified(candidate: unknown): boolean {
  return typeof candidate === 'object' && candidate !== null && isContext(candidate);
}

/** Nothing is put back there, because that would keep all contexts: without a loop, dispatchers do what the host does. */
function takeOverContext(context: object): void {
  const patcher = new Patcher();
  const realm = runInContext('globalThis', context) as Realm;
  for (const { installIn } of installed) {
    try {
      installIn!(patcher, realm);
    } catch {
      // What the program has put there and cannot be replaced stays as it is.
    }
  }
}

/**
 * A context of `node:vm` has a `Date` and a `Math` of its own, and test runners make one for each file. Has
 * those that are made from now on taken over too.
 */
export function followContexts(patcher: Patcher, takeover: Takeover): void {
  if (takeover.installIn === undefined) return;
  installed.add(takeover);
  patcher.whenRestored(() => installed.delete(takeover));
  patcher.replace(nodeVm, 'createContext', creating);
}

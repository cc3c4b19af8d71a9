import { disguise, Patcher } from './patcher.ts';
import { nodeVm, type Realm } from './realm.ts';
import type { Takeover } from './takeover.ts';

type CreateContext = typeof nodeVm.createContext;
type RunInNewContext = typeof nodeVm.runInNewContext;
type RunScript = InstanceType<typeof nodeVm.Script>['runInNewContext'];
type ContextObject = Parameters<RunScript>[0];

const { isContext, runInContext, Script } = nodeVm;
const { runInNewContext } = Script.prototype;

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

function running(original: RunInNewContext): RunInNewContext {
  const dispatcher: RunInNewContext = function (this: unknown, code, contextObject, options) {
    const context = madeFor(contextObject, typeof options === 'string' ? undefined : options);
    return original.call(this as never, code, context, options) as unknown;
  };
  return disguise(dispatcher, original);
}

function runningScript(original: RunScript): RunScript {
  const dispatcher: RunScript = function (this: InstanceType<typeof Script>, contextObject, options) {
    return original.call(this, madeFor(contextObject, options), options) as unknown;
  };
  return disguise(dispatcher, original);
}

/** The context in which code is going to run: a new one is taken over before it does. */
function madeFor(contextObject: ContextObject, options: Parameters<RunScript>[1]): ContextObject {
  if (isContextified(contextObject)) return contextObject;
  const sandbox = contextObject ?? {};
  // The host makes it, because options of a new context have other names here than those of createContext.
  const realm = runInNewContext.call(new Script('globalThis'), sandbox, options) as object;
  // It may be asked for a context without a sandbox, by a symbol (vm.constants.DONT_CONTEXTIFY).
  const context = isContextified(sandbox) ? (sandbox as object) : realm;
  takeOverContext(context);
  return context;
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
  patcher.replace(nodeVm, 'runInNewContext', running);
  patcher.replace(Script.prototype, 'runInNewContext', runningScript);
}

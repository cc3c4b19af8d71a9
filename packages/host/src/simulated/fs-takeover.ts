import { disguise, type Patcher } from '../patcher.ts';
import { nodeFs } from '../realm.ts';
import { callbackCalls, promiseCalls, unsimulatedCalls } from './fs-calls.ts';
import { NotSimulatedError } from './errors.ts';
import { simulated } from './current.ts';

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
type Maker = (original: AnyFunction) => AnyFunction;

/** `fs.realpath.native` is a function of its own; here it is the same. */
function withNative(dispatcher: AnyFunction): AnyFunction {
  return 'native' in dispatcher ? Object.assign(dispatcher, { native: dispatcher }) : dispatcher;
}

const callbackForm =
  (name: string): Maker =>
  (original) => {
    const dispatcher: AnyFunction = disguise(function (this: unknown, ...args: unknown[]): unknown {
      const io = simulated()?.fs ?? null;
      const callback = args.at(-1);
      // Without a callback the original throws what it throws.
      if (io === null || typeof callback !== 'function') return Reflect.apply(original, this, args);
      return io.call(name, args.slice(0, -1), callback as () => void);
    }, original);
    return withNative(dispatcher);
  };

const promiseForm =
  (name: string): Maker =>
  (original) =>
    disguise(function (this: unknown, ...args: unknown[]): unknown {
      const io = simulated()?.fs ?? null;
      return io === null ? Reflect.apply(original, this, args) : io.promise(name, args);
    }, original);

const syncForm =
  (name: string): Maker =>
  (original) => {
    const dispatcher: AnyFunction = disguise(function (this: unknown, ...args: unknown[]): unknown {
      const io = simulated()?.fs ?? null;
      const call = (): unknown => Reflect.apply(original, this, args);
      const result = io === null ? call() : io.elsewhere ? io.sync(name, args) : io.around(name, args, call);
      if (name === 'mkdtempSync') io?.noteTemporary(args[0], result);
      return result;
    }, original);
    return withNative(dispatcher);
  };

const unsimulated =
  (name: string): Maker =>
  (original) =>
    disguise(function (this: unknown, ...args: unknown[]): unknown {
      if ((simulated()?.fs ?? null) !== null) throw new NotSimulatedError(`fs.${name}`);
      return Reflect.apply(original, this, args);
    }, original);

// A replacement has to be the same function at each takeover, so its maker is made once.
const makersOf = (names: readonly string[], form: (name: string) => Maker): readonly (readonly [string, Maker])[] =>
  names.map((name) => [name, form(name)]);

const syncNames = Object.keys(nodeFs).filter((name) => name.endsWith('Sync'));
const callbackMakers = makersOf(callbackCalls, callbackForm);
const promiseMakers = makersOf(promiseCalls, promiseForm);
const syncMakers = makersOf(syncNames, syncForm);
const unsimulatedMakers = makersOf(unsimulatedCalls, unsimulated);

/** Has calls from a loop with simulated files go to these. */
export function takeOverFs(patcher: Patcher): void {
  for (const [name, maker] of [...callbackMakers, ...syncMakers, ...unsimulatedMakers])
    patcher.replace(nodeFs, name, maker);
  for (const [name, maker] of [...promiseMakers, ...unsimulatedMakers]) patcher.replace(nodeFs.promises, name, maker);
}

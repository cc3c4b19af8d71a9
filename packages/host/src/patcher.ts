import { syncBuiltinESMExports } from 'node:module';

/** What stands in for one of the host's values; given the value that it replaces. */
export type Replacement<T> = (original: T) => T;

/**
 * Replaces properties of the host's objects and puts them back, the last one first. A replacement
 * is made once for each value that it replaces: code that kept it from one takeover finds it in the
 * next one too.
 */
export class Patcher {
  readonly #undo: (() => void)[] = [];

  /** Replaces a function or an object; does nothing where the host has none. */
  replace<F>(target: object, key: PropertyKey, replacement: Replacement<F>): void {
    const original: unknown = Reflect.get(target, key);
    if (original === undefined || original === null) return;
    this.define(target, key, replacementOf(original, replacement as Replacement<unknown>));
  }

  /** Replaces the getter of an accessor property; does nothing where the host has none. */
  replaceGetter(target: object, key: PropertyKey, replacement: Replacement<() => unknown>): void {
    const descriptor = Object.getOwnPropertyDescriptor(target, key);
    if (descriptor?.get === undefined) return;
    const get = replacementOf(descriptor.get, replacement as Replacement<unknown>) as () => unknown;
    this.#redefine(target, key, { ...descriptor, get });
  }

  /** Gives a property a value; what else it is (enumerable, writable) stays. */
  define(target: object, key: PropertyKey, value: unknown): void {
    const descriptor = Object.getOwnPropertyDescriptor(target, key);
    const enumerable = descriptor?.enumerable ?? false;
    this.#redefine(target, key, { value, enumerable, writable: true, configurable: true });
  }

  /** Has `undo` called when everything is put back. */
  whenRestored(undo: () => void): void {
    this.#undo.push(undo);
  }

  #redefine(target: object, key: PropertyKey, changed: PropertyDescriptor): void {
    const descriptor = Object.getOwnPropertyDescriptor(target, key);
    this.whenRestored(() => {
      if (descriptor === undefined) Reflect.deleteProperty(target, key);
      else Object.defineProperty(target, key, descriptor);
    });
    if (Reflect.defineProperty(target, key, changed)) return;
    throw new TypeError(
      `${String(key)} of the host cannot be replaced, because it is frozen: by --frozen-intrinsics, or by code that ` +
        'hardens its globals. Run without that, or leave the feature out (except)',
    );
  }

  /** Makes `import { setTimeout } from 'node:timers'` see what was replaced. */
  publish(): void {
    syncBuiltinESMExports();
  }

  /** Puts everything back. Goes on when something cannot be put back, and throws that at the end. */
  restore(): void {
    const errors: unknown[] = [];
    for (let undo; (undo = this.#undo.pop()) !== undefined;) {
      try {
        undo();
      } catch (error) {
        errors.push(error);
      }
    }
    this.publish();
    if (errors.length > 0) throw new AggregateError(errors, 'Not everything of the host could be put back');
  }
}

const made = new WeakMap<object, Map<unknown, unknown>>();
/** What was made, and who made it. */
const makers = new WeakMap<object, unknown>();

function replacementOf(original: object, replacement: Replacement<unknown>): unknown {
  // Somebody else's restore may have brought one of ours back.
  if (makers.get(original) === replacement) return original;
  let byMaker = made.get(original);
  if (byMaker === undefined) made.set(original, (byMaker = new Map()));
  let value = byMaker.get(replacement);
  if (value === undefined) {
    value = replacement(original);
    byMaker.set(replacement, value);
    makers.set(value as object, replacement);
  }
  return value;
}

/** Makes a dispatcher look like the function that it stands in for: name, length, promisified form. */
export function disguise<F extends object>(dispatcher: F, original: object): F {
  return Object.defineProperties(dispatcher, Object.getOwnPropertyDescriptors(original));
}

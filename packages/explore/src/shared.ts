import { accessed, show } from '@timeloom/loop';

/**
 * State that several tasks share, with every access declared to the search. Make one with
 * {@link shared}.
 */
export class SharedCell<T> {
  #value: T;

  constructor(value: T) {
    this.#value = value;
    accessed(this, 'create');
  }

  get(): T {
    accessed(this, 'read');
    return this.#value;
  }

  set(value: T): void {
    accessed(this, 'write');
    this.#value = value;
  }

  /** Reads and writes in one step, and gives the new value. */
  update(change: (value: T) => T): T {
    accessed(this, 'write');
    this.#value = change(this.#value);
    return this.#value;
  }
}

/**
 * A variable that several tasks of a program under search share. Strategies that know which orders
 * matter (`dpor`, `pos`, `surw`, `mutation`) learn it from the accesses to such cells, and to locks,
 * queues and events.
 */
export function shared<T>(value: T): SharedCell<T> {
  return new SharedCell(value);
}

/** One property of an object, or the set of its keys, which has no name. */
class SharedProperty {
  readonly name: PropertyKey | null;

  constructor(name: PropertyKey | null) {
    this.name = name;
    accessed(this, 'create');
  }
}

/**
 * A plain object or an array of which each property is shared as by {@link shared}, to be used as it
 * is: `account.balance += 10` reads and writes. What properties hold is not looked into.
 *
 * @throws TypeError if it is neither: a Map, a Set and what has private fields cannot be watched.
 */
export function sharedObject<T extends object>(target: T): T {
  if (!isPlain(target)) throw new TypeError(`sharedObject() expects a plain object or an array, got ${show(target)}`);
  return new Proxy(target, new Watcher(target));
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}

class Watcher<T extends object> implements ProxyHandler<T> {
  readonly #properties = new Map<PropertyKey, SharedProperty>();
  readonly #keys = new SharedProperty(null);

  constructor(target: T) {
    for (const key of Reflect.ownKeys(target)) this.#of(key);
  }

  #of(key: PropertyKey): SharedProperty {
    let property = this.#properties.get(key);
    if (property === undefined) this.#properties.set(key, (property = new SharedProperty(key)));
    return property;
  }

  get(target: T, key: PropertyKey, receiver: unknown): unknown {
    accessed(this.#of(key), 'read');
    return Reflect.get(target, key, receiver);
  }

  has(target: T, key: PropertyKey): boolean {
    accessed(this.#of(key), 'read');
    return Reflect.has(target, key);
  }

  // Also called for an assignment, which ends in a definition on the proxy.
  defineProperty(target: T, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    if (!Object.hasOwn(target, key)) this.#keysChange(target);
    if (key === 'length' && Array.isArray(target)) this.#cut(target, Number(descriptor.value));
    accessed(this.#of(key), 'write');
    return Reflect.defineProperty(target, key, descriptor);
  }

  deleteProperty(target: T, key: PropertyKey): boolean {
    this.#keysChange(target);
    accessed(this.#of(key), 'write');
    return Reflect.deleteProperty(target, key);
  }

  #keysChange(target: T): void {
    accessed(this.#keys, 'write');
    if (Array.isArray(target)) accessed(this.#of('length'), 'write');
  }

  /** An array that becomes shorter loses elements. */
  #cut(target: readonly unknown[], length: number): void {
    for (let index = length; index < target.length; index++) {
      accessed(this.#keys, 'write');
      accessed(this.#of(String(index)), 'write');
    }
  }

  ownKeys(target: T): ArrayLike<string | symbol> {
    accessed(this.#keys, 'read');
    return Reflect.ownKeys(target);
  }

  getOwnPropertyDescriptor(target: T, key: PropertyKey): PropertyDescriptor | undefined {
    accessed(this.#of(key), 'read');
    return Reflect.getOwnPropertyDescriptor(target, key);
  }
}

/** True if an object that was accessed was declared with {@link shared} or {@link sharedObject}. */
export function isSharedState(object: object): boolean {
  return object instanceof SharedCell || object instanceof SharedProperty;
}

import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { disguise, type Patcher } from '../patcher.ts';
import { nodeCrypto, nodeDns, nodeFs, process, realm } from '../realm.ts';
import { IoOperation, operationEnded, type IoSource } from './operation.ts';

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** Work of the host's thread pool and name resolver that it keeps no list of; see {@link wrapThreadPool}. */
class ThreadPool implements IoSource {
  readonly #operations = new Map<IoOperation, () => boolean>();

  get idle(): boolean {
    return this.#operations.size === 0;
  }

  inFlight(): IoOperation[] {
    const operations: IoOperation[] = [];
    for (const [operation, isPaused] of this.#operations) {
      if (isPaused()) operation.renew();
      else operations.push(operation);
    }
    return operations;
  }

  /** Work begins; returns what to call at its end. @param isPaused whether it waits for the program. */
  begin(what: string, isPaused: () => boolean = () => false): () => void {
    const operation = new IoOperation(() => what);
    this.#operations.set(operation, isPaused);
    return () => {
      this.#operations.delete(operation);
      operationEnded();
    };
  }
}

/** One for the process, like the thread pool. */
export const threadPool: ThreadPool = new ThreadPool();

/** In flight from the call until the callback, which is the last argument; a call without one is synchronous. */
function untilCallback(what: string, original: AnyFunction): AnyFunction {
  return disguise(function (this: unknown, ...args: unknown[]): unknown {
    const callback = args.at(-1);
    if (typeof callback !== 'function') return Reflect.apply(original, this, args);
    const end = threadPool.begin(what);
    args[args.length - 1] = function (this: unknown, ...results: unknown[]): unknown {
      end();
      return Reflect.apply(callback, this, results);
    };
    try {
      return Reflect.apply(original, this, args);
    } catch (error) {
      end();
      throw error;
    }
  }, original);
}

/** In flight from the call until the promise that it returns settles. */
function untilSettled(what: string, original: AnyFunction): AnyFunction {
  return disguise(function (this: unknown, ...args: unknown[]): unknown {
    const end = threadPool.begin(what);
    try {
      const promise = Reflect.apply(original, this, args) as Promise<unknown>;
      promise.then(end, end);
      return promise;
    } catch (error) {
      end();
      throw error;
    }
  }, original);
}

/** A chunk given to a compressor, until it is done or the stream is destroyed; not while nobody reads what is done. */
function untilTransformed(original: AnyFunction): AnyFunction {
  return disguise(function (this: unknown, ...args: unknown[]): unknown {
    const stream = this as Transform;
    const callback = args[2];
    if (typeof callback !== 'function') return Reflect.apply(original, this, args);
    const end = threadPool.begin('zlib', () => stream.readableLength >= stream.readableHighWaterMark);
    const ended = (): void => {
      stream.off('close', ended);
      end();
    };
    stream.on('close', ended);
    args[2] = function (this: unknown, ...results: unknown[]): unknown {
      ended();
      return Reflect.apply(callback, this, results);
    };
    return Reflect.apply(original, this, args);
  }, original);
}

type Wrap = (what: string, original: AnyFunction) => AnyFunction;

// A replacement has to be the same function at each takeover, so that it is made once only.
const makers = new Map<string, (original: AnyFunction) => AnyFunction>();

function maker(what: string, wrap: Wrap): (original: AnyFunction) => AnyFunction {
  const key = `${wrap.name} ${what}`;
  let made = makers.get(key);
  if (made === undefined) makers.set(key, (made = (original) => wrap(what, original)));
  return made;
}

/** Wraps the functions of `target` that are named; those that this version of Node lacks are left out. */
function wrapAll(patcher: Patcher, target: object, prefix: string, names: readonly string[], wrap: Wrap): void {
  const functions = target as Record<string, AnyFunction>;
  for (const name of names) patcher.replace(functions, name, maker(`${prefix}${name}`, wrap) as never);
}

const cryptoFunctions = [
  'argon2',
  'checkPrime',
  'decapsulate',
  'encapsulate',
  'diffieHellman',
  'generateKey',
  'generateKeyPair',
  'generatePrime',
  'hkdf',
  'pbkdf2',
  'randomBytes',
  'randomFill',
  'randomInt',
  'scrypt',
  'sign',
  'verify',
];

// Since Node 26 whole files are read and written by one job of the thread pool, before by several requests.
const filesAreJobs = Number(process.versions.node.split('.')[0]) > 24;
const wholeFile = filesAreJobs ? ['appendFile', 'readFile', 'writeFile'] : [];

const methodsOf = (prototype: object, pattern: RegExp): string[] =>
  Object.getOwnPropertyNames(prototype).filter((name) => pattern.test(name));

/** What all streams of zlib inherit from; it has no name outside. */
function compressorPrototype(): { _transform: AnyFunction } {
  let prototype = (zlib as unknown as { Gzip: { prototype: object } }).Gzip.prototype;
  while (!Object.hasOwn(prototype, '_transform')) prototype = Object.getPrototypeOf(prototype) as object;
  return prototype as { _transform: AnyFunction };
}

/** Has what the thread pool and the resolver of names work on counted meanwhile. */
export function wrapThreadPool(patcher: Patcher): void {
  wrapAll(patcher, nodeCrypto, 'crypto.', cryptoFunctions, untilCallback);
  const subtle = Object.getPrototypeOf(nodeCrypto.webcrypto.subtle) as object;
  wrapAll(patcher, subtle, 'crypto.subtle.', methodsOf(subtle, /^(?!constructor$)/), untilSettled);
  patcher.replace(compressorPrototype(), '_transform', untilTransformed);
  // The first fetch of a program compiles its parser. There is none with `--jitless`.
  const { WebAssembly: webAssembly } = realm as unknown as { WebAssembly?: object };
  if (webAssembly !== undefined) {
    wrapAll(patcher, webAssembly, 'WebAssembly.', ['compile', 'instantiate'], untilSettled);
  }
  wrapAll(patcher, nodeFs, 'fs.', wholeFile, untilCallback);
  wrapAll(patcher, nodeFs.promises, 'fs.', wholeFile, untilSettled);
  const resolverMethods = methodsOf(nodeDns.Resolver.prototype, /^(resolve|reverse)/);
  wrapAll(patcher, nodeDns, 'dns.', resolverMethods, untilCallback);
  wrapAll(patcher, nodeDns.Resolver.prototype, 'dns.', resolverMethods, untilCallback);
  wrapAll(patcher, nodeDns.promises, 'dns.', resolverMethods, untilSettled);
  wrapAll(patcher, nodeDns.promises.Resolver.prototype, 'dns.', resolverMethods, untilSettled);
}

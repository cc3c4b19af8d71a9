import type { FreeName } from './free-names.ts';
import type { Import } from './imports.ts';
import type { Finding } from './source-file.ts';

/** What ECMAScript brings, except what differs from run to run: `Date` and, below, `Math.random`. */
const language = new Set(
  `undefined NaN Infinity arguments isNaN isFinite parseInt parseFloat encodeURI encodeURIComponent decodeURI
  decodeURIComponent Object Function Boolean Symbol Number BigInt Math String RegExp Array JSON Reflect Proxy
  Map Set WeakMap WeakSet WeakRef FinalizationRegistry Promise Iterator Intl ArrayBuffer DataView Int8Array Uint8Array
  Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array
  BigUint64Array Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError
  SuppressedError DisposableStack AsyncDisposableStack`.split(/\s+/),
);

/** Uses of anything that the language does not bring: the host's globals, the time and randomness. */
export function hostFindings(names: readonly FreeName[]): Finding[] {
  return names
    .filter(({ name }) => name === 'Math.random' || !language.has(rootOf(name)))
    .map(({ path, line, name }) => ({ path, line, message: `uses ${name}, which is not of the language` }));
}

const changing = new Set([
  'Date',
  'performance',
  'Math.random',
  'crypto',
  'process.hrtime',
  'process.uptime',
  'queueMicrotask',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'globalThis',
  'global',
  'window',
  'self',
]);

const changingModules = new Set(['timers', 'timers/promises', 'perf_hooks', 'crypto']);

/** Uses of real time, real timers and real randomness, under a name of their own or via the global object. */
export function nondeterminismFindings(names: readonly FreeName[], imports: readonly Import[]): Finding[] {
  return [
    ...names
      .filter(({ name, inspected }) => !inspected && (changing.has(name) || changing.has(rootOf(name))))
      .map(({ path, line, name }) => ({ path, line, message: `uses ${name}` })),
    ...imports
      .filter(({ specifier, typeOnly }) => !typeOnly && changingModules.has(specifier.replace(/^node:/, '')))
      .map(({ from, line, specifier }) => ({ path: from, line, message: `imports ${specifier}` })),
  ];
}

function rootOf(name: string): string {
  return name.split('.')[0]!;
}

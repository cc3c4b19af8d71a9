import { show } from '@timeloom/loop';
import type { Handler } from './vitest-internals.ts';

/** What `test(name, options?, handler?, timeout?)` was called with. */
export interface TestArguments {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly handler: Handler | undefined;
}

/** Reads the arguments of `test` in all orders that vitest takes. @throws TypeError on others. */
export function readArguments(name: unknown, second: unknown, third: unknown): TestArguments {
  const named = { name: typeof name === 'function' ? name.name || '<anonymous>' : String(name) };
  if (typeof second === 'function') {
    if (third === undefined || typeof third === 'number') {
      return { ...named, options: third === undefined ? {} : { timeout: third }, handler: second as Handler };
    }
    throw new TypeError(`test(name, function, timeout) takes a timeout in milliseconds, got ${show(third)}`);
  }
  if (second !== undefined && (typeof second !== 'object' || second === null)) {
    throw new TypeError(`test(name, options, function) takes an object of options, got ${show(second)}`);
  }
  if (third !== undefined && typeof third !== 'function') {
    throw new TypeError(`test(name, options, function) takes a function, got ${show(third)}`);
  }
  return { ...named, options: (second ?? {}) as TestArguments['options'], handler: third as Handler | undefined };
}

/** Splits options into those of one kind and the rest. */
export function pickOptions(
  options: Readonly<Record<string, unknown>>,
  names: readonly string[],
): [picked: Record<string, unknown>, rest: Record<string, unknown>] {
  const picked: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (names.includes(name)) picked[name] = value;
    else rest[name] = value;
  }
  return [picked, rest];
}

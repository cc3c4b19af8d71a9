import { show } from '@timeloom/loop';
import { pickOptions } from './arguments.ts';
import { checkTimeloomOptions, optionNames, type TimeloomOptions } from './options.ts';

/** Options of the config: those of all tests, and which tests the runner leaves alone. */
export interface TimeloomConfig extends TimeloomOptions {
  /** Tests that the runner runs in real time. Tests that this package's `test` made are not asked. */
  readonly real?: RealTests | undefined;
  /** True sets vitest's `runner` to this package's; default false. */
  readonly runner?: boolean | undefined;
}

/** Which tests stay in real time. */
interface RealTests {
  /** Globs, for paths from the root of the project. */
  readonly files?: readonly string[] | undefined;
  /** Tags of vitest. */
  readonly tags?: readonly string[] | undefined;
}

const configNames: readonly string[] = [...optionNames, 'real', 'runner'];

/** @throws TypeError, RangeError on an option that is unknown, or of the wrong type or range, naming it. */
export function checkTimeloomConfig(where: string, config: TimeloomConfig): TimeloomConfig {
  if (typeof config !== 'object' || config === null) {
    throw new TypeError(`${where} must be an object of options, got ${show(config)}`);
  }
  const [own, rest] = pickOptions({ ...config }, ['real', 'runner']);
  checkTimeloomOptions(where, rest, configNames);
  if (own['runner'] !== undefined && typeof own['runner'] !== 'boolean') {
    throw new TypeError(`${where}.runner must be true or false, got ${show(own['runner'])}`);
  }
  checkReal(`${where}.real`, own['real']);
  return config;
}

function checkReal(where: string, real: unknown): void {
  if (real === undefined) return;
  if (typeof real !== 'object' || real === null) throw new TypeError(`${where} must be an object, got ${show(real)}`);
  for (const [name, value] of Object.entries(real)) {
    if (name !== 'files' && name !== 'tags') throw new TypeError(`${where} takes files and tags, got ${show(name)}`);
    if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
      throw new TypeError(`${where}.${name} must be an array of strings, got ${show(value)}`);
    }
  }
}

import { show } from '@timeloom/loop';
import { inject } from 'vitest';
import { checkTimeloomOptions, type LeakPolicy, type TimeloomOptions, type TrySettings } from './options.ts';
import { checkTimeloomConfig, type TimeloomConfig } from './timeloom-config.ts';
import { TestRunner } from './vitest-api.ts';

declare module 'vitest' {
  interface ProvidedContext {
    timeloom: TimeloomConfig;
  }
}

const ofFiles = new WeakMap<object, TimeloomOptions>();

/**
 * Options of the tests of this file; call it at its top. Those of a test itself count more, those of
 * the config less.
 *
 * @throws TypeError, RangeError for bad options, naming them.
 */
export function configure(options: TimeloomOptions): void {
  const { file } = TestRunner.getCurrentSuite();
  if (file !== undefined) ofFiles.set(file, checkTimeloomOptions('configure()', options));
}

let checked: TimeloomConfig | null = null;

/** What the plugin provides, or the config itself, whose options nobody has checked yet. */
function providedOptions(): TimeloomConfig {
  const config = inject('timeloom') as TimeloomConfig | undefined;
  if (config === undefined || config === checked) return config ?? {};
  checkTimeloomConfig('provide.timeloom', config);
  return (checked = config);
}

/**
 * The options of the config, and those of the environment, which count more: `TIMELOOM_SEED`, and
 * `TIMELOOM_RUNS` for searches.
 *
 * @throws TypeError, RangeError for bad options, and on a variable that is no option, naming them.
 */
export function configOptions(): TimeloomConfig {
  const config = providedOptions();
  const { TIMELOOM_SEED: seed = '', TIMELOOM_RUNS: runs = '' } = process.env;
  const ofSeed = seed === '' ? {} : { seed: /^-?\d+$/.test(seed) ? Number(seed) : seed };
  if (runs === '') return { ...config, ...ofSeed };
  if (!/^[1-9]\d*$/.test(runs))
    throw new RangeError(`TIMELOOM_RUNS must be a positive whole number, got ${show(runs)}`);
  return { ...config, ...ofSeed, explore: { ...config.explore, runs: Number(runs) } };
}

/** The options of a test: its own, its file's, and the config's. @throws as {@link configure}. */
export function optionsFor(file: object | undefined, own: TimeloomOptions): TimeloomOptions {
  const { real: _, runner: __, ...ofConfig } = configOptions();
  const ofFile = (file === undefined ? undefined : ofFiles.get(file)) ?? {};
  const explore = { ...ofConfig.explore, ...ofFile.explore, ...own.explore };
  return { ...ofConfig, ...ofFile, ...checkTimeloomOptions('options', own), explore };
}

/** What one try needs to know. */
export function trySettings(options: TimeloomOptions, otherwise: LeakPolicy): TrySettings {
  const { seed, now, maxSteps, maxStepsPerInstant, leaks = otherwise } = options;
  return { seed, now, maxSteps, maxStepsPerInstant, leaks };
}

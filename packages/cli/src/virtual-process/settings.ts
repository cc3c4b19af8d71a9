import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { HostFeature } from '@timeloom/host';
import { show } from '@timeloom/loop';
import { UsageError } from '../exit-code.ts';
import type { VirtualProcessOptions } from './virtual-process.ts';

/** The file that is read if there is one and TIMELOOM_CONFIG names no other. */
const defaultConfigFile = 'timeloom.config.json';

type Variables = Readonly<Record<string, string | undefined>>;

const list = (text: string): string[] => text.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));

/** `TIMELOOM_NOW` is a date, or milliseconds since 1970. */
function dateOf(name: string, value: unknown): number {
  const ms =
    typeof value === 'number' ? value : /^\d+$/.test(String(value)) ? Number(value) : Date.parse(String(value));
  if (Number.isNaN(ms)) throw new UsageError(`${name} must be a date, or milliseconds since 1970, got ${show(value)}`);
  return ms;
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new UsageError(`${name} must be a number, got ${show(text)}`);
  return value;
}

/** What variables of the environment say, by the name of the setting. */
const variables: Readonly<Record<string, (name: string, text: string) => Partial<Settings>>> = {
  TIMELOOM_SEED: (_, seed) => ({ seed }),
  TIMELOOM_MAX_STEPS: (name, text) => ({ maxSteps: numberOf(name, text) }),
  TIMELOOM_MAX_STEPS_PER_INSTANT: (name, text) => ({ maxStepsPerInstant: numberOf(name, text) }),
  TIMELOOM_NOW: (name, text) => ({ now: dateOf(name, text) }),
  TIMELOOM_ONLY: (_, text) => ({ only: list(text) as HostFeature[] }),
  TIMELOOM_EXCEPT: (_, text) => ({ except: list(text) as HostFeature[] }),
  TIMELOOM_PATIENCE_MS: (name, text) => ({ io: { patienceMs: numberOf(name, text) } }),
};

/** Variables that are read elsewhere: here, by @timeloom/vitest, and by the tests on versions of Node. */
const others: readonly string[] = ['TIMELOOM_CONFIG', 'TIMELOOM_RUNS', 'TIMELOOM_NODE_VERSION'];

type Settings = VirtualProcessOptions;

const fileSettings: readonly string[] = ['seed', 'maxSteps', 'maxStepsPerInstant', 'now', 'only', 'except', 'io'];

/**
 * The settings of a process: what the environment says, over what the configuration file says.
 *
 * @throws UsageError on a variable, a file or a setting that makes no sense, naming it.
 */
export function readSettings(environment: Variables, directory: string): Settings {
  const settings = readConfigFile(environment['TIMELOOM_CONFIG'], directory);
  const merged: Settings = { ...settings };
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('TIMELOOM_') || others.includes(name) || text === undefined) continue;
    const read = variables[name];
    if (read === undefined) {
      throw new UsageError(
        `there is no variable ${name}; there are ${[...Object.keys(variables), ...others].join(', ')}`,
      );
    }
    Object.assign(merged, read(name, text));
  }
  return merged;
}

function readConfigFile(named: string | undefined, directory: string): Settings {
  const path = resolve(directory, named ?? defaultConfigFile);
  if (named === undefined && !existsSync(path)) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path} cannot be read as JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new UsageError(`${path} must hold an object, got ${show(parsed)}`);
  }
  const unknown = Object.keys(parsed).find((key) => !fileSettings.includes(key));
  if (unknown !== undefined) {
    throw new UsageError(`${path}: there is no setting ${show(unknown)}; there are ${fileSettings.join(', ')}`);
  }
  const settings = parsed as Settings;
  return 'now' in settings ? { ...settings, now: dateOf(`${path}: now`, settings.now) } : settings;
}

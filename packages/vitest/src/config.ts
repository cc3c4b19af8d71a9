import type { InlineConfig } from 'vitest/node';
import { checkTimeloomConfig, type TimeloomConfig } from './timeloom-config.ts';

declare module 'vitest/node' {
  interface InlineConfig {
    /** Options of @timeloom/vitest, for its plugin. */
    timeloom?: TimeloomConfig;
  }
}

/** A plugin of vite, as far as this package makes one. */
export interface TimeloomPlugin {
  readonly name: string;
  config(config: { test?: InlineConfig }): { test: InlineConfig };
}

/**
 * The plugin for `vitest.config.ts`: tells the tests the options of `test.timeloom`, and of the
 * argument, which count more.
 *
 * @throws TypeError, RangeError for bad options, naming them.
 */
export function timeloom(options: TimeloomConfig = {}): TimeloomPlugin {
  checkTimeloomConfig('timeloom()', options);
  return {
    name: 'timeloom',
    config({ test = {} }) {
      const ofConfig = checkTimeloomConfig('test.timeloom', test.timeloom ?? {});
      const { runner, ...rest } = { ...ofConfig, ...options };
      const provide = { timeloom: rest };
      return { test: runner === true ? { provide, runner: '@timeloom/vitest/runner' } : { provide } };
    },
  };
}

export type { TimeloomConfig } from './timeloom-config.ts';

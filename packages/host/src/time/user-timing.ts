import { disguise } from '../patcher.ts';
import type { HostTime } from './host-time.ts';
import { entryWillBeTold } from './observers.ts';

interface MarkOptions {
  readonly startTime?: number;
}

interface MeasureOptions {
  readonly start?: unknown;
  readonly end?: unknown;
  readonly duration?: unknown;
}

type Mark = (this: unknown, name: unknown, options?: MarkOptions) => unknown;
type Measure = (this: unknown, name: unknown, start?: unknown, end?: unknown) => unknown;

/** `performance.mark`: at the loop's time, unless the program says when. */
export function marking(current: () => HostTime | null): (original: Mark) => Mark {
  return (original) => {
    const dispatcher: Mark = function (...args) {
      const time = current();
      const [name, options] = args;
      if (time !== null) entryWillBeTold();
      if (time === null || options?.startTime !== undefined) return original.apply(this, args);
      return original.call(this, name, { ...options, startTime: time.performanceNow() });
    };
    return disguise(dispatcher, original);
  };
}

/** `performance.measure`: to the loop's time, unless the program says until when. */
export function measuring(current: () => HostTime | null): (original: Measure) => Measure {
  return (original) => {
    const dispatcher: Measure = function (...args) {
      const time = current();
      const [name, start, end] = args;
      if (time !== null) entryWillBeTold();
      if (time === null || end !== undefined) return original.apply(this, args);
      const isOptions = typeof start === 'object' && start !== null;
      const options: MeasureOptions = isOptions ? start : start === undefined ? {} : { start };
      if (options.end !== undefined || options.duration !== undefined) return original.apply(this, args);
      return original.call(this, name, { ...options, end: time.performanceNow() });
    };
    return disguise(dispatcher, original);
  };
}

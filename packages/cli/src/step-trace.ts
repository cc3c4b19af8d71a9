import type { Instrument } from '@timeloom/loop';
import { formatTraceEvent, formatTraceHeading, Recorder } from '@timeloom/trace';

/**
 * Writes each step as it begins. Returns what makes an observer for each loop of a program; a line
 * `loop 2` goes before the steps of another loop than the last one.
 */
export function traceSteps(write: (line: string) => void): () => Instrument {
  let loops = 0;
  let last = 0;
  return () => {
    const own = ++loops;
    return new Recorder({
      kinds: ['step'],
      onEvent: (event) => {
        if (last === 0) write(formatTraceHeading());
        if (last !== own && (own > 1 || last > 0)) write(`loop ${own}`);
        last = own;
        write(formatTraceEvent(event));
      },
    });
  };
}

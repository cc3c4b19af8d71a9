import { EventLoop, show } from '@timeloom/loop';
import { formatTrace, Recorder, type RecorderOptions } from '@timeloom/trace';
import type { SnapshotSerializer } from 'vitest';

/**
 * Records what the loop does from now on: `expect(trace).toMatchInlineSnapshot()` prints it as a table.
 *
 * @param options see RecorderOptions of @timeloom/trace; default: the steps, and where time moves.
 * @throws TypeError if it is not a loop; RangeError for a kind of events that there is not.
 */
export function recordTrace(loop: EventLoop, options: RecorderOptions = { kinds: ['time', 'step'] }): Recorder {
  if (!(loop instanceof EventLoop)) throw new TypeError(`recordTrace() expects the loop of a test, got ${show(loop)}`);
  const recorder = new Recorder(options);
  loop.observe(recorder);
  return recorder;
}

/** Prints what a Recorder has recorded as a table. */
export const traceSerializer: SnapshotSerializer = {
  test: (value: unknown) => value instanceof Recorder,
  // Inline snapshots lose the spaces that the first line begins with.
  serialize: (recorder: Recorder) => `trace:\n${formatTrace(recorder.events)}`,
};

import type { TraceEvent } from './event.ts';
import { Reader } from './reader.ts';

/** Names the format in a file. */
export const traceFormat = 'timeloom-trace';

/** The version that {@link serialize} writes, and the only one that {@link parse} reads. */
export const traceVersion = 1;

/** A trace as it is stored. */
export interface TraceDocument {
  readonly format: typeof traceFormat;
  readonly version: typeof traceVersion;
  readonly events: readonly TraceEvent[];
}

/**
 * The events as a trace document: JSON with one event a line, so that two traces can be compared
 * with `diff`.
 *
 * @throws TraceFormatError if an event is not one, e.g. has a time that is not finite.
 */
export function serialize(events: readonly TraceEvent[]): string {
  const head = `{"format":${JSON.stringify(traceFormat)},"version":${traceVersion},"events":[`;
  const lines = events.map((event, index) => JSON.stringify(readEvent(new Reader(event, `events[${index}]`))));
  return lines.length === 0 ? `${head}]}\n` : `${head}\n${lines.join(',\n')}\n]}\n`;
}

/**
 * Reads a trace document. Fields that version 1 does not know are dropped.
 *
 * @throws TraceFormatError naming the field, what is there, and what is accepted.
 */
export function parse(text: string): TraceDocument {
  const document = Reader.ofJson(text, 'document');
  document.literal('format', traceFormat);
  document.literal('version', traceVersion);
  return { format: traceFormat, version: traceVersion, events: document.list('events').map(readEvent) };
}

function readEvent(event: Reader): TraceEvent {
  const kind = event.oneOf('kind', ['turn', 'time', 'scheduled', 'step', 'choice']);
  const base = { time: event.number('time'), turn: event.count('turn', 0) };
  switch (kind) {
    case 'turn':
      return { kind, ...base };
    case 'time':
      return { kind, ...base, from: event.number('from') };
    case 'scheduled':
      return { kind, ...base, ...readHandle(event), when: event.numberOrNull('when') };
    case 'step':
      return { kind, ...base, step: event.count('step', 1), ...readHandle(event) };
    case 'choice':
      return { kind, ...base, ...readChoice(event) };
  }
}

function readHandle(event: Reader): { label: string; lane: string | null } {
  return { label: event.string('label'), lane: event.stringOrNull('lane') };
}

function readChoice(event: Reader): {
  of: 'handle' | 'latency' | 'value';
  size: number;
  option: number;
  label: string;
} {
  const of = event.oneOf('of', ['handle', 'latency', 'value']);
  const size = event.count('size', 2);
  return { of, size, option: event.count('option', 0, size - 1), label: event.string('label') };
}

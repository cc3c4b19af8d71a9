import type { TraceEvent } from './event.ts';

/** Widths of the columns, in characters. A longer cell shifts the rest of its line. */
export interface TraceColumns {
  readonly time: number;
  readonly turn: number;
  readonly step: number;
  readonly lane: number;
}

/** Wide enough for most programs: for lines that are printed before the next one is known. */
export const streamingColumns: TraceColumns = { time: 11, turn: 6, step: 6, lane: 10 };

interface Cells {
  readonly time: string;
  readonly turn: string;
  readonly step: string;
  readonly lane: string;
  readonly text: string;
}

const heading: Cells = { time: 'ms', turn: 'turn', step: 'step', lane: 'task', text: '' };

/** The heading of a trace, as a line. */
export function formatTraceHeading(columns: TraceColumns = streamingColumns): string {
  return formatCells(heading, columns);
}

/** One event as a line: virtual time, turn, step, task, and what happened. */
export function formatTraceEvent(event: TraceEvent, columns: TraceColumns = streamingColumns): string {
  return formatCells(cellsOf(event), columns);
}

/** A whole trace as lines, with a heading and columns as wide as they need to be. */
export function formatTrace(events: readonly TraceEvent[]): string {
  const rows = [heading, ...events.map(cellsOf)];
  const width = (column: keyof TraceColumns) => rows.reduce((most, row) => Math.max(most, row[column].length), 0);
  const columns = { time: width('time'), turn: width('turn'), step: width('step'), lane: width('lane') };
  return rows.map((row) => formatCells(row, columns)).join('\n');
}

function formatCells(cells: Cells, columns: TraceColumns): string {
  const { time, turn, step, lane, text } = cells;
  const numbers = [time.padStart(columns.time), turn.padStart(columns.turn), step.padStart(columns.step)];
  return [...numbers, lane.padEnd(columns.lane), text].join('  ').trimEnd();
}

function cellsOf(event: TraceEvent): Cells {
  return {
    time: formatMs(event.time),
    turn: String(event.turn),
    step: event.kind === 'step' ? String(event.step) : '',
    lane: 'lane' in event ? (event.lane ?? '-') : '',
    text: textOf(event),
  };
}

/** Microseconds are as far as anybody reads; the document has the exact number. */
function formatMs(time: number): string {
  return time.toFixed(3);
}

function textOf(event: TraceEvent): string {
  switch (event.kind) {
    case 'turn':
      return 'turn begins';
    case 'time':
      return `time moves from ${formatMs(event.from)}`;
    case 'scheduled': {
      const when = event.when === null ? '' : ` at ${formatMs(event.when)}`;
      return `scheduled${when}: ${withoutLane(event.label, event.lane)}`;
    }
    case 'step':
      return withoutLane(event.label, event.lane);
    case 'choice':
      return `chose ${event.of} ${event.option} of ${event.size}: ${event.label}`;
  }
}

/** The label of a task's step begins with the task's name, which has a column of its own. */
function withoutLane(label: string, lane: string | null): string {
  if (lane === null || !label.startsWith(lane)) return label;
  return /^:? +(.+)$/s.exec(label.slice(lane.length))?.[1] ?? label;
}

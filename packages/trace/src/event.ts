/** What happened in a run, as data. Everything here survives JSON. */

interface EventBase {
  /** The loop's time, in milliseconds. */
  readonly time: number;
  /** The turn in which it happened; 0 before the first. */
  readonly turn: number;
}

/** A turn began. */
export interface TurnEvent extends EventBase {
  readonly kind: 'turn';
}

/** The clock moved to `time`. */
export interface TimeEvent extends EventBase {
  readonly kind: 'time';
  /** The time before, in milliseconds. */
  readonly from: number;
}

/** A handle was scheduled. */
export interface ScheduledEvent extends EventBase {
  readonly kind: 'scheduled';
  readonly label: string;
  /** Label of the handle's lane (the task); null if it has none. */
  readonly lane: string | null;
  /** The deadline of a timer, in milliseconds; null for the next turn. */
  readonly when: number | null;
}

/** A handle ran. */
export interface StepEvent extends EventBase {
  readonly kind: 'step';
  /** Number of the step, from 1. */
  readonly step: number;
  readonly label: string;
  /** Label of the handle's lane (the task); null if it has none. */
  readonly lane: string | null;
}

/** The Scheduler took an option. */
export interface ChoiceEvent extends EventBase {
  readonly kind: 'choice';
  /** What was decided: which handle runs, how long an operation takes, or a value. */
  readonly of: 'handle' | 'latency' | 'value';
  /** Number of the options, at least 2. */
  readonly size: number;
  /** The option taken; 0 is FIFO, or the least value. */
  readonly option: number;
  /** Name of the option taken. */
  readonly label: string;
}

export type TraceEvent = TurnEvent | TimeEvent | ScheduledEvent | StepEvent | ChoiceEvent;

/** The kinds of events. */
export type TraceEventKind = TraceEvent['kind'];

/** All kinds, in the order in which a turn meets them. */
export const traceEventKinds: readonly TraceEventKind[] = ['time', 'turn', 'choice', 'step', 'scheduled'];

import type { AccessMode } from './access.ts';
import type { Handle } from './handle.ts';
import type { ChoicePoint } from './scheduler.ts';

/**
 * An observer of a loop. It sees everything and changes nothing: an instrument that calls into the
 * loop, or throws, breaks the run it observes.
 */
export interface Instrument {
  /** A handle was scheduled: with a deadline if it is a TimerHandle. */
  scheduled?(handle: Handle): void;
  /** A turn begins; `turn` counts from 1. */
  turnStarted?(turn: number, time: number): void;
  /** The clock moved. */
  timeAdvanced?(from: number, to: number): void;
  /** The Scheduler took an option. */
  chosen?(point: ChoicePoint, option: number): void;
  /** A handle is about to run. */
  stepStarted?(handle: Handle, time: number): void;
  /** The running step, or code outside of all steps, accesses an object that others may access too. */
  accessed?(object: object, mode: AccessMode): void;
  /** A step has ended, its microtasks included. */
  stepEnded?(handle: Handle, time: number): void;
}

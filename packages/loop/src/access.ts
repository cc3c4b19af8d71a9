import { runningLoop } from './event-loop.ts';

/**
 * What a step does to an object that other steps may access too. Two steps that access one object can
 * be swapped without a difference only if both read it, or both add to it. To `create` it is a write
 * that nothing can come before.
 *
 * `add` is a contribution to a sum, such as one of several tasks being done: additions can come in any
 * order, and what the last of them makes ready comes after all of them. So only the last one may make
 * anything ready.
 */
export type AccessMode = 'read' | 'write' | 'add' | 'create';

/**
 * Declares that the running step accesses `object`. A search learns from it which orders matter; see
 * Instrument.accessed. Without an observer, and outside of steps, it does nothing.
 */
export function accessed(object: object, mode: AccessMode): void {
  runningLoop()?.accessed(object, mode);
}

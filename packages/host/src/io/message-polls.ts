import type { EventLoop } from '@timeloom/loop';
import { turnsOfAMillisecond } from '../timers/turns.ts';
import { messages } from './messages.ts';
import type { IoOperation } from './operation.ts';

/**
 * Sees to it that time passes for a program that polls by messages to itself (`port.postMessage` in its own
 * `onmessage` until something is over): each of them is waited for, and the next one is sent before that is over.
 * As many turns of them as of immediates take a millisecond. Not while anything else is in flight, as is a
 * worker that was sent something: that comes meanwhile.
 */
export class MessagePolls {
  readonly #loop: EventLoop;
  #time = -Infinity;
  #turnsBefore = 0;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  /** True if all that is in flight are messages of a turn that lets time pass. */
  areAll(operations: readonly IoOperation[]): boolean {
    const { operation: ofMessages, turns } = messages;
    if (ofMessages === null) return false;
    const time = this.#loop.time();
    if (time !== this.#time || operations.some((one) => one !== ofMessages && !one.setAside)) {
      this.#time = time;
      this.#turnsBefore = turns;
    }
    return turns - this.#turnsBefore >= turnsOfAMillisecond;
  }
}

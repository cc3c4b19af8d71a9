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
  #isPassing = false;

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

  /** True while the millisecond of {@link letPass} passes. */
  get arePassed(): boolean {
    return this.#isPassing;
  }

  /** Has a millisecond pass, at the end of which messages are waited for again. */
  letPass(): void {
    if (this.#isPassing) return;
    const loop = this.#loop;
    const ends = (): void => void (this.#isPassing = false);
    const begins = (): void => {
      this.#isPassing = true;
      loop.callLater(1, ends, { label: 'turns of messages end' });
    };
    loop.callSoonThreadsafe(begins, { label: 'turns of messages take a millisecond' });
  }
}

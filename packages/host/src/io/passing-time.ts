import type { EventLoop } from '@timeloom/loop';

/** Lets a stretch of time pass on a clock that stands still for I/O, with what is due in it. */
export class PassingTime {
  readonly #loop: EventLoop;
  #isPassing = false;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  /** True while time passes, and I/O is not waited for. */
  get isPassing(): boolean {
    return this.#isPassing;
  }

  /** Has `ms` milliseconds pass, unless some pass already. @param what what they are for, in traces. */
  letPass(ms: number, what: string): void {
    if (this.#isPassing) return;
    const loop = this.#loop;
    const ends = (): void => void (this.#isPassing = false);
    const begins = (): void => {
      this.#isPassing = true;
      loop.callLater(ms, ends, { label: `${what} end` });
    };
    loop.callSoonThreadsafe(begins, { label: `${what} take time` });
  }
}

import { Task } from '@timeloom/asyncio';
import type { Handle, Instrument } from '@timeloom/loop';
import { captureStack, userFrames, type Captured, type Frame } from './frames.ts';

/** Where a step comes from; read only if somebody asks. */
export interface Site {
  /** Where its task awaits, if that is known. */
  readonly awaited: Captured | null;
  /** Where its handle was scheduled, if that was seen. */
  readonly scheduled: Captured | null;
}

/** Remembers where handles were scheduled, in the run that it observes. */
export class Sites implements Instrument {
  /** False remembers nothing of what is scheduled now: it costs several times what a step does. */
  enabled: boolean = true;
  readonly #scheduled = new WeakMap<Handle, Captured>();
  #inStep = false;

  scheduled(handle: Handle): void {
    // What is on the stack outside of all steps is whoever started the run.
    if (this.#inStep && this.enabled) this.#scheduled.set(handle, captureStack());
  }

  stepStarted(): void {
    this.#inStep = true;
  }

  stepEnded(): void {
    this.#inStep = false;
  }

  /** Where the next step of a handle comes from. Awaits are known as far as the loop's `awaitSites` go. */
  of(handle: Handle): Site {
    const awaited = handle.lane instanceof Task ? handle.lane.awaitSite : null;
    return { awaited, scheduled: this.#scheduled.get(handle) ?? null };
  }
}

/** The user's code at a site: the wait of the task, or else what made the step. */
export function framesAt(site: Site): { readonly cause: 'awaited' | 'scheduled'; readonly frames: readonly Frame[] } {
  const awaited = userFrames(site.awaited);
  if (awaited.length > 0) return { cause: 'awaited', frames: awaited };
  return { cause: 'scheduled', frames: userFrames(site.scheduled) };
}

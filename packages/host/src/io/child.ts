import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { aPortIsReferenced, type Actor } from './actor.ts';
import { IoOperation } from './operation.ts';
import { ProcessActivity } from './process-activity.ts';

type Stdio = Readable | Writable | null | undefined;

const isOpen = (stream: Stdio): boolean => (stream as Readable | null)?.readable === true;
const bytesMoved = (stream: Stdio): number => {
  const { bytesRead = 0, bytesWritten = 0 } = (stream ?? {}) as { bytesRead?: number; bytesWritten?: number };
  return bytesRead + bytesWritten;
};

/**
 * A child process holds the clock until it has ended and its output has been read. One that is unref'd does
 * until its exit once it is killed, and with a channel to it while a port is referenced. Its output, its input and
 * its use of the processor are signs of life.
 */
export class Child implements Actor {
  readonly operation: IoOperation;
  readonly #child: ChildProcess;
  #wasInFlight = true;
  #moved = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.operation = new IoOperation(() => `child process ${child.spawnfile} (pid ${child.pid})`);
    this.operation.isOfActor = true;
    const activity = new ProcessActivity();
    // It has no number yet.
    this.operation.isAtWork = () => child.pid !== undefined && activity.hasWorked(child.pid);
    child.once('exit', () => this.operation.renew());
  }

  inFlight(): boolean {
    const child = this.#child as ChildProcess & { _handle?: { hasRef(): boolean } | null };
    let moved = 0;
    for (const stream of child.stdio) moved += bytesMoved(stream);
    if (moved !== this.#moved) {
      this.#moved = moved;
      this.operation.renew();
    }
    // Node may never tell that one is closed whose channel was closed on this side.
    if (child.exitCode !== null || child.signalCode !== null) return child.stdio.some(isOpen);
    const isReferenced = child._handle?.hasRef() !== false;
    const isInFlight = isReferenced || child.killed || (child.connected && aPortIsReferenced());
    this.operation.keepsAlive = child.killed;
    if (isInFlight && !this.#wasInFlight) this.operation.renew();
    this.#wasInFlight = isInFlight;
    return isInFlight;
  }
}

import { DrawnChoice, type EventLoop, type Handle, type Lane } from '@timeloom/loop';
import type { SimulatedSettings } from './options.ts';

/** A lane of operations: one file that is open, one direction of a connection. They complete in order. */
export class OperationLane implements Lane {
  readonly label: string;
  /** The time at which its last operation completes, if that was drawn. */
  lastDue: number = -Infinity;

  constructor(label: string) {
    this.label = label;
  }
}

/** Operations of one kind on a loop: what each takes, and what goes wrong, is drawn by the search. */
export class Operations {
  readonly loop: EventLoop;
  readonly #settings: SimulatedSettings;
  readonly #pending = new Map<object, string>();
  #faultsLeft: number;

  constructor(loop: EventLoop, settings: SimulatedSettings) {
    this.loop = loop;
    this.#settings = settings;
    this.#faultsLeft = settings.mostFaults;
  }

  /**
   * Begins an operation; `complete` is its effect and its end, both at one moment. Returns how to cancel it.
   */
  start(label: string, lane: OperationLane | null, complete: () => void): () => void {
    const operation = {};
    this.#pending.set(operation, label);
    const handle = this.#schedule(label, lane, () => {
      this.#pending.delete(operation);
      complete();
    });
    return () => {
      this.#pending.delete(operation);
      handle.cancel();
    };
  }

  #schedule(label: string, lane: OperationLane | null, complete: () => void): Handle {
    const { latencies } = this.#settings;
    const { loop } = this;
    if (latencies === null) return loop.startOperation(complete, { label, lane });
    const option = this.#choose('latency', latencies.length, (index) => `${label}: ${latencies[index]} ms`);
    let due = loop.time() + latencies[option]!;
    if (lane !== null) lane.lastDue = due = Math.max(due, lane.lastDue);
    return loop.callAt(due, complete, { label, lane });
  }

  /** What goes wrong with `label`, of the faults that are possible there; null if nothing does. */
  fault<F extends string>(label: string, possible: readonly F[]): F | null {
    if (this.#faultsLeft === 0) return null;
    const faults = possible.filter((fault) => this.#settings.faults.includes(fault));
    const option = this.#choose('value', faults.length + 1, (index) => `${label}: ${faults[index - 1] ?? 'no fault'}`);
    if (option === 0) return null;
    this.#faultsLeft--;
    return faults[option - 1]!;
  }

  #choose(kind: 'latency' | 'value', size: number, label: (option: number) => string): number {
    return size < 2 ? 0 : this.loop.choose(new DrawnChoice(kind, size, this.loop.time(), label));
  }

  /** The labels of what has begun and not ended. */
  pending(): string[] {
    return [...this.#pending.values()];
  }
}

import { Handle, TimerHandle, type EventLoop, type Lane } from '@timeloom/loop';

/** What completes: an operation. */
export interface Completing {
  readonly label: string;
  /** The task that goes on then, if it is one, and waits for nothing else. */
  readonly onlyAwaiter: Lane | null;
  complete(): void;
}

/** Completes an operation whenever the scheduler says so; see the loop's own Operation. */
export class CompletionStep extends Handle {
  readonly #operation: Completing;
  readonly #startedAt: number;
  override schedulerData: object | null = null;

  constructor(operation: Completing, loop: EventLoop) {
    super(null, loop.context);
    this.#operation = operation;
    this.#startedAt = loop.time();
  }

  run(): void {
    this.#operation.complete();
  }

  override get resumes(): Lane | null {
    return this.#operation.onlyAwaiter;
  }

  override get deferrable(): boolean {
    return true;
  }

  override get readySince(): number {
    return this.#startedAt;
  }

  get label(): string {
    return this.#operation.label;
  }
}

/** Completes an operation when its latency is over. */
export class CompletionTimer extends TimerHandle {
  readonly #operation: Completing;

  constructor(operation: Completing, when: number, context: unknown) {
    super(when, null, context);
    this.#operation = operation;
  }

  run(): void {
    this.#operation.complete();
  }

  override get resumes(): Lane | null {
    return this.#operation.onlyAwaiter;
  }

  get label(): string {
    return this.#operation.label;
  }
}

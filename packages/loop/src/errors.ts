/**
 * The errors of the loop. Each class has a stable `code`; the message says what happened, the
 * likely cause and the next thing to do; what a program may want to read is carried as data.
 */

/** Base of every error that Timeloom itself raises. */
export class TimeloomError extends Error {
  /** Stable identifier, e.g. `TIMELOOM_DEADLOCK`; never changes with the wording. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/** An operation that the state of the loop does not allow; asyncio raises its `RuntimeError` there. */
export class RuntimeError extends TimeloomError {
  constructor(message: string, code = 'TIMELOOM_RUNTIME') {
    super(code, message);
  }
}

/** The loop was used after `close()`. */
export class LoopClosedError extends RuntimeError {
  constructor() {
    super('Event loop is closed', 'TIMELOOM_LOOP_CLOSED');
  }
}

/** One unit of unfinished work, in the wait graph of a {@link DeadlockError}. */
export interface WaitNode {
  /** Who waits, e.g. `Task-1 main()`. */
  readonly name: string;
  /** What it waits for, e.g. `<Future pending>`; undefined when it does not wait for the loop. */
  readonly awaits?: string | undefined;
  /** The name of the node that could end the wait, where that is known. */
  readonly heldBy?: string | undefined;
  /** `file:line:column` of the wait, where it was recorded. */
  readonly at?: string | undefined;
  /** `file:line:column` of the definition of the code that waits. */
  readonly definedAt?: string | undefined;
}

/** Nothing is ready, no timer is set, nothing external is in flight, and the run is not over. */
export class DeadlockError extends TimeloomError {
  /** Everything unfinished, in order of creation; the message has the first of them. */
  declare readonly waiting: readonly WaitNode[];
  /** The loop's time at which nothing was left to do, in milliseconds. */
  readonly time: number;

  /** @param backgroundTimers timers that are left but keep no run alive. */
  constructor(waiting: readonly WaitNode[], time: number, backgroundTimers = 0) {
    const count = waiting.length === 1 ? '1 task waits' : `${waiting.length} tasks wait`;
    const head =
      waiting.length === 0
        ? `Deadlock at ${time} ms: the run is not over, but nothing is scheduled.`
        : `Deadlock at ${time} ms: ${count} for something that nobody will do.`;
    super(
      'TIMELOOM_DEADLOCK',
      [head, ...formatWaitGraph(waiting), ...background(backgroundTimers), hint(waiting)].join('\n'),
    );
    // Not enumerable: what prints errors would print all of it behind the message, which says it.
    Object.defineProperty(this, 'waiting', { value: waiting });
    this.time = time;
  }
}

function background(timers: number): string[] {
  if (timers === 0) return [];
  return [
    timers === 1
      ? '  1 timer is left, which keeps no run alive'
      : `  ${timers} timers are left, which keep no run alive`,
  ];
}

/** So many nodes of a wait graph are shown. */
const mostShown = 20;

/**
 * The wait graph as indented lines, one or two a node. Of many nodes these are the first ones, and those
 * that hold what the first ones wait for.
 */
export function formatWaitGraph(waiting: readonly WaitNode[]): string[] {
  const first = waiting.slice(0, mostShown);
  const holders = [...new Set(first.flatMap((node) => node.heldBy ?? []))];
  // A node's name is that of the task, and behind it what the task runs.
  const holds = ({ name }: WaitNode): boolean => holders.some((one) => name === one || name.startsWith(`${one} `));
  const others = waiting.slice(mostShown).filter(holds);
  const shown = [...first, ...others.slice(0, mostShown)];
  const left = waiting.length - shown.length;
  return [...shown.flatMap(formatNode), ...(left === 0 ? [] : [`  … and ${left} more`])];
}

function formatNode(node: WaitNode): string[] {
  const target = node.awaits ?? 'a promise that is not the loop’s';
  const holder = node.heldBy === undefined ? '' : `, held by ${node.heldBy}`;
  const line = `  ${node.name} awaits ${target}${holder}`;
  if (node.at !== undefined) return [line, `    at ${node.at}`];
  return node.definedAt === undefined ? [line] : [line, `    in code defined at ${node.definedAt}`];
}

function hint(waiting: readonly WaitNode[]): string {
  if (waiting.some((node) => node.awaits === undefined)) {
    return 'A native promise cannot wake a virtual clock: mark real work with loop.external(promise).';
  }
  return 'Set the result, cancel the waiter, or give the wait a timeout.';
}

/** More steps than allowed ran while the virtual clock stood still. */
export class LivelockError extends TimeloomError {
  /** The limit that was reached. */
  readonly steps: number;
  /** The loop's time at which it spins, in milliseconds. */
  readonly time: number;
  /** Labels of the last steps, oldest first. */
  readonly lastSteps: readonly string[];

  constructor(steps: number, time: number, lastSteps: readonly string[]) {
    super(
      'TIMELOOM_LIVELOCK',
      `Livelock at ${time} ms: ${steps} steps ran and time did not advance.\n` +
        `  the last were: ${lastSteps.join(', ')}\n` +
        'A loop around sleep(0), or callbacks that schedule each other, never lets the clock move. ' +
        'Sleep for more than 0 ms, or raise maxStepsPerInstant.',
    );
    this.steps = steps;
    this.time = time;
    this.lastSteps = lastSteps;
  }
}

/** The run took more steps than `maxSteps`. */
export class StepLimitError extends TimeloomError {
  /** The limit that was reached. */
  readonly steps: number;
  /** The loop's time, in milliseconds. */
  readonly time: number;

  constructor(steps: number, time: number) {
    super(
      'TIMELOOM_STEP_LIMIT',
      `Step limit: ${steps} steps ran (${time} ms of the loop's time) and the run is not over. ` +
        'An interval or a retry that never ends? Otherwise raise maxSteps.',
    );
    this.steps = steps;
    this.time = time;
  }
}

/** A callback entered a virtual loop from a source that nobody marked. */
export class UncontrolledAsyncError extends TimeloomError {
  /** The label of the callback. */
  readonly label: string;

  constructor(label: string) {
    super(
      'TIMELOOM_UNCONTROLLED',
      `${label} was scheduled from outside the loop's steps (a real timer, real I/O, another loop), ` +
        'so the order of this run depends on the host. Mark the work with loop.external(promise), ' +
        'or enter through loop.callSoonThreadsafe(callback).',
    );
    this.label = label;
  }
}

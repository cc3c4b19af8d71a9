import { Handle, type ChoiceKind, type ChoicePoint, type Lane, type Reorder, type Scheduler } from '@timeloom/loop';
import fc from 'fast-check';

/** A small model of programs and of the loop that runs them: tasks that take steps, start others, draw and cancel. */
export interface ModelProgram {
  readonly reorder: Reorder;
  readonly tasks: readonly ModelTask[];
}

interface ModelTask {
  readonly steps: readonly ModelStep[];
  /** Runs from the beginning; otherwise when a step starts it. */
  readonly first: boolean;
  /** All its steps are of one handle, which is scheduled again and again. */
  readonly reused: boolean;
  /** Its handles may be reordered among each other. */
  readonly laneless: boolean;
}

interface ModelStep {
  /** Draws one of so many values; as many steps are added to the task. */
  readonly draws: number;
  /** Tasks that it starts, if nobody has yet. */
  readonly starts: readonly number[];
  /** The task whose ready handles it cancels. */
  readonly cancels: number | null;
  /** Does all that only if the number of steps so far is odd: what happens depends on the order. */
  readonly fickle: boolean;
}

export const modelProgram: fc.Arbitrary<ModelProgram> = fc.record({
  reorder: fc.constantFrom('ties', 'ready', 'ready', 'free'),
  tasks: fc.array(
    fc.record({
      steps: fc.array(
        fc.record({
          draws: fc.constantFrom(0, 0, 0, 2, 3),
          starts: fc.array(fc.nat({ max: 5 }), { maxLength: 2 }),
          cancels: fc.oneof({ arbitrary: fc.constant(null), weight: 9 }, fc.nat({ max: 5 })),
          fickle: fc.boolean(),
        }),
        { minLength: 1, maxLength: 4, size: 'max' },
      ),
      first: fc.nat({ max: 3 }).map((one) => one > 0),
      reused: fc.boolean(),
      laneless: fc.boolean(),
    }),
    { minLength: 3, maxLength: 6, size: 'max' },
  ),
});

/** Options to take, one a choice; mostly FIFO. */
export const modelChoices: fc.Arbitrary<readonly number[]> = fc.array(
  fc.oneof({ arbitrary: fc.constant(0), weight: 1 }, { arbitrary: fc.nat({ max: 12 }), weight: 1 }),
  { maxLength: 60, size: 'max' },
);

/** Takes the given options, as far as there are that many, and is FIFO behind them. */
export function scripted(choices: readonly number[]): Scheduler {
  let next = 0;
  return { choose: ({ size }) => (choices[next++] ?? 0) % size };
}

/** A handle that does nothing. */
export class ModelHandle extends Handle {
  readonly label: string;
  readonly #tie: unknown;

  constructor(label: string, lane: Lane | null = null, tie: unknown = 0) {
    super(lane, null);
    this.label = label;
    this.#tie = tie;
  }

  override get tie(): unknown {
    return this.#tie;
  }

  run(): void {}
}

/** A choice among handles. */
export function handlePoint(handles: readonly Handle[]): ChoicePoint {
  return {
    kind: 'handle',
    size: handles.length,
    time: 0,
    labelOf: (option) => handles[option]!.label,
    handleOf: (option) => handles[option],
    indexOf: (handle) => handles.indexOf(handle),
    changed: true,
  };
}

/** A choice of a value or a latency. */
export function drawPoint(kind: ChoiceKind, size: number): ChoicePoint {
  return {
    kind,
    size,
    time: 0,
    labelOf: (option) => `${kind} ${option}`,
    handleOf: () => undefined,
    indexOf: () => -1,
    changed: true,
  };
}

/** Runs a program; returns what was chosen at each choice point, and each step. */
export function runModel(program: ModelProgram, scheduler: Scheduler): readonly string[] {
  const log: string[] = [];
  const tasks = program.tasks.map((task, index) => ({ ...task, lane: { label: `Task-${index}` }, started: false }));
  let [batch, ready]: ModelHandle[][] = [[], []];
  const resume = new Map<Handle, () => void>();
  let sequence = 0;

  const choose = (point: ChoicePoint): number => {
    const option = scheduler.choose(point);
    log.push(`${point.kind} ${option} of ${point.size}: ${point.labelOf(option)}`);
    return option;
  };
  const push = (handle: ModelHandle, run: () => void): void => {
    handle.sequence = ++sequence;
    resume.set(handle, run);
    ready!.push(handle);
  };
  const start = (index: number): void => {
    const task = tasks[index];
    if (task === undefined || task.started) return;
    task.started = true;
    const own = new ModelHandle(task.lane.label, task.lane);
    const advance = (step: number, left: number): void => {
      if (left === 0) return;
      const { lane } = task;
      const handle = task.reused ? own : new ModelHandle(`${lane.label}.${step}`, task.laneless ? null : lane, step);
      push(handle, () => {
        const { draws, starts, cancels, fickle } = task.steps[step % task.steps.length]!;
        if (fickle && log.length % 2 === 0) return advance(step + 1, left - 1);
        const extra = draws === 0 || step > 8 ? 0 : choose(drawPoint('value', draws));
        starts.forEach(start);
        if (cancels !== null) for (const other of ready!) if (other.lane === tasks[cancels]?.lane) other.cancel();
        advance(step + 1, left - 1 + extra);
        if (task.laneless) advance(step + 2, Math.min(left - 1, 1));
      });
    };
    advance(0, task.steps.length);
  };

  tasks.forEach(({ first }, index) => void (first && start(index)));
  while (ready!.length > 0) {
    [batch, ready] = [ready!, []];
    for (;;) {
      if (program.reorder === 'free') batch.push(...ready.splice(0));
      const options = optionsIn(batch, program.reorder === 'ties');
      if (options.length === 0) break;
      const handle = options[options.length === 1 ? 0 : choose(handlePoint(options))]!;
      batch.splice(batch.indexOf(handle), 1);
      log.push(`runs ${handle.label}`);
      resume.get(handle)!();
    }
  }
  return log;
}

/** As the kernel: the oldest of each lane, and what has none. */
function optionsIn(batch: readonly ModelHandle[], tied: boolean): ModelHandle[] {
  const live = batch.filter((handle) => !handle.cancelled());
  const oldest = live.filter(
    ({ lane }, index) => lane === null || live.findIndex((other) => other.lane === lane) === index,
  );
  return tied ? oldest.filter(({ tie }) => tie === oldest[0]!.tie) : oldest;
}

import type { ChoicePoint, Handle, Instrument, Scheduler } from '@timeloom/loop';
import { ScheduleFollower, type Hold, type Schedule } from '@timeloom/trace';
import { execute, type ExecutionOptions, type Program, type ProgramSource } from './execution.ts';
import { Owners } from './report/owners.ts';

/**
 * Where else a task could be held back: its steps behind the one that the hold at `index` of a schedule is
 * about, the task's operations included, in the run without that hold. As holds of one choice, the latest
 * first.
 */
export async function laterHolds(
  program: Program | ProgramSource,
  schedule: Schedule,
  index: number,
  options: ExecutionOptions,
): Promise<readonly Hold[]> {
  const hold = schedule.differences[index]!;
  const without = { differences: schedule.differences.toSpliced(index, 1) };
  let owner: string | undefined;
  await visitOptions(program, schedule, options, ({ at, option, path }) => {
    if (at === hold.at && option === hold.option) owner = path;
  });
  const steps = new Map<number, Hold>();
  await visitOptions(program, without, options, ({ at, option, path, handle }) => {
    // The last choice that offers a handle is where holding it begins to matter.
    if (path === owner) steps.set(handle.sequence, { kind: 'hold', at, option, until: at + 1 });
  });
  const inOrder = [...steps.values()].toSorted((a, b) => a.at - b.at || a.option - b.option);
  return inOrder.filter(({ at }) => at > hold.at).toReversed();
}

/** An option of a choice of a handle. */
interface Option {
  readonly at: number;
  readonly option: number;
  readonly handle: Handle;
  /** Of the owner. */
  readonly path: string;
}

async function visitOptions(
  program: Program | ProgramSource,
  schedule: Schedule,
  options: ExecutionOptions,
  visit: (option: Option) => void,
): Promise<void> {
  const visitor = new OptionVisitor(schedule, visit);
  await execute(program, visitor, { ...options, instruments: [...(options.instruments ?? []), visitor] });
}

class OptionVisitor extends Owners implements Scheduler, Instrument {
  readonly #follower: ScheduleFollower;
  readonly #visit: (option: Option) => void;
  #choices = 0;

  constructor(schedule: Schedule, visit: (option: Option) => void) {
    super();
    this.#follower = new ScheduleFollower(schedule);
    this.#visit = visit;
  }

  choose(point: ChoicePoint): number {
    const at = this.#choices++;
    for (let option = 0; point.kind === 'handle' && option < point.size; option++) {
      const handle = point.handleOf(option)!;
      this.#visit({ at, option, handle, path: this.of(handle).path });
    }
    return this.#follower.choose(point);
  }
}

import { nodeFs } from '../realm.ts';
import { realNow } from './host-turn.ts';

/** Before anybody replaces it. */
const { readFileSync } = nodeFs;

/** Linux counts the use of the processor in ticks of so many milliseconds. */
const tickMs = 10;

/** The share of the processor below which a process only waits. Its start takes less of ten seconds. */
const atWork = 0.1;

/** Where a process is listed that is running, or waits for nothing but a processor. */
const runnable = 'R';

/** Whether another process is at work, with those that it has started. Known on Linux only. */
export class ProcessActivity {
  #usedMs = 0;
  #lookedAt: number = realNow();

  /** True if process `pid`, always the same, has computed since it was asked for the last time, or would if it were let. */
  hasWorked(pid: number): boolean {
    const { usedMs, wantsProcessor } = usage(pid);
    const now = realNow();
    const share = (usedMs - this.#usedMs) / (now - this.#lookedAt);
    this.#usedMs = usedMs;
    this.#lookedAt = now;
    return wantsProcessor || share >= atWork;
  }
}

interface Usage {
  usedMs: number;
  wantsProcessor: boolean;
}

/** Of a process and of all that it has started. Nothing where the host does not tell. */
function usage(pid: number): Usage {
  const total: Usage = { usedMs: 0, wantsProcessor: false };
  const processes = [pid];
  for (const process of processes) {
    try {
      const stat = readFileSync(`/proc/${process}/stat`, 'latin1');
      // Behind the name, which is in parentheses, and may have some itself.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // utime, stime, and both of the children that have ended.
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
      total.usedMs += ticks * tickMs;
      total.wantsProcessor ||= fields[0] === runnable;
      const children = readFileSync(`/proc/${process}/task/${process}/children`, 'latin1');
      for (const child of children.split(' ')) if (child !== '') processes.push(Number(child));
    } catch {
      // It has ended meanwhile, or there is no such file.
    }
  }
  return total;
}

import { disguise, type Patcher } from '../patcher.ts';
import { process } from '../realm.ts';
import { messages, pollBeforeNextTurn } from './messages.ts';

type Kill = (this: unknown, pid: number, signal?: string | number) => true;

/** Signals that a process sends to itself are there at once, and the host's next poll tells of them. */
const untilHeard = (original: Kill): Kill =>
  disguise(function (this: unknown, ...args: Parameters<Kill>): true {
    const [pid, signal] = args;
    const result = Reflect.apply(original, this, args);
    if (Number(pid) === process.pid && signal !== 0) {
      messages.sent('signal to this process');
      pollBeforeNextTurn();
    }
    return result;
  }, original);

/** Has signals of this process to itself waited for. */
export function watchOwnSignals(patcher: Patcher): void {
  patcher.replace<Kill>(process, 'kill', untilHeard);
}

import { disguise } from '../patcher.ts';
import { Timeout } from './timeout.ts';
import { identified } from './timer-table.ts';

type ClearTimer = (timer: unknown) => void;

/** `clearTimeout` and `clearInterval`: in Node, each clears what the other one would. */
export function clearing(original: ClearTimer): ClearTimer {
  const dispatcher = function (this: unknown, timer: unknown): void {
    if (timer instanceof Timeout) {
      timer.close();
      return;
    }
    const known = typeof timer === 'number' || typeof timer === 'string' ? identified(timer) : undefined;
    if (known === undefined) Reflect.apply(original, this, [timer]);
    else known.close();
  };
  return disguise(dispatcher, original);
}

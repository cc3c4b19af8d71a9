import { threadId } from 'node:worker_threads';
import { gather } from '@timeloom/asyncio';
import type { Program } from '@timeloom/explore';
import { lostUpdate, safeUpdate } from '../programs.ts';

/** Programs that workers import. */

export const program: Program = lostUpdate;

export const safe: Program = safeUpdate;

/** Fails in one of two ways, now and then. */
export const twoBugs: Program = ({ choose, assert }) => {
  const drawn = choose(50);
  assert(drawn !== 1, 'one');
  assert(drawn !== 3, 'three');
};

const twoBugsOnce =
  (isPrepared: () => boolean): Program =>
  (context) => {
    context.assert(isPrepared(), 'it was not prepared');
    return twoBugs(context);
  };

/** With some hundred orders, of which few fail. */
export const manyOrders: Program = async ({ io, assert, choose }) => {
  const log: string[] = [];
  const task = (name: string) => async (): Promise<void> => {
    for (let step = 0; step < 2; step++) {
      await io(`${name}${step}`);
      log.push(name);
    }
  };
  await gather([task('a'), task('b'), task('c')]);
  assert(log.join('') !== 'cbacba', `it was cbacba, with ${choose(2) > -1}`);
};

/** Fails, hangs, or ends its thread: each in about one of 30 runs. */
export const wild: Program = ({ choose, assert }) => {
  const drawn = choose(90);
  assert(drawn > 2, 'low');
  if (drawn < 6) process.exit(3);
};

/** Hangs in about one of 30 runs. */
export const hanging: Program = ({ choose }) => {
  if (choose(30) === 1) for (;;);
};

/** Says that it hangs, and hangs. */
export const hangs: Program = () => {
  const channel = new BroadcastChannel('hangs');
  // eslint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none
  channel.postMessage(null);
  for (;;);
};

/** With a state of its own for each run. */
export const source = {
  load: (): Program => {
    let runs = 0;
    return ({ assert, choose }) => {
      choose(2);
      assert(++runs === 1, 'it was run before');
    };
  },
};

let prepared = false;

/** Fails unless it is prepared before each run, and that is undone behind it. */
export const preparing = {
  prepare: () => {
    if (prepared) throw new Error('it was not undone');
    prepared = true;
    return () => {
      prepared = false;
    };
  },
  load: (): Program => twoBugsOnce(() => prepared),
};

let loaded = false;

/** Loads its settings in the first run of its thread. */
export const loadsOnce: Program = async ({ io, choose }) => {
  if (!loaded) await io('load the settings');
  loaded = true;
  choose(2);
};

/** Another program in each thread, but the same in all runs of one. */
export const ofItsThread: Program = async ({ io, choose }) => {
  await io(`thread ${threadId}`);
  choose(2);
};

let firstDrawn: number | null = null;

/** Ends its thread when its first run comes again. */
export const unrepeatable: Program = ({ choose }) => {
  const drawn = choose(1e9);
  if (drawn === firstDrawn) process.exit(3);
  firstDrawn ??= drawn;
};

export const notAProgram = 42;

export const oneOrder: Program = () => {};

/**
 * The thread that looks whether a search gets on. A step that never ends leaves the search no moment to look
 * itself, nor to hear of Ctrl-C.
 *
 * While all goes well it sleeps, and now and then compares a number. If that stands still, it asks the other
 * thread where the program is, in the way of a debugger, which works in the middle of a step.
 */
import { writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { workerData } from 'node:worker_threads';
import { cell, key, looks, state, type WatchData } from './protocol.ts';

/** After Ctrl-C, how long the step that is on may take to end, in real milliseconds. */
const graceMs = 1000;

/** How long the process may take to end, in real milliseconds, before it is killed. */
const mostEndMs = 2000;

const stderr = 2;

/** Looks without a beat after which the other thread is asked. */
const mostSilentLooks = 2;

const { cells, patienceMs } = workerData as WatchData;

const beats = (): number => Atomics.load(cells, cell.beats);
const isOver = (): boolean => Atomics.load(cells, cell.state) === state.over;
const isInterrupted = (): boolean => Atomics.load(cells, cell.state) === state.interrupted;

/** The time between two looks. */
const lookMs = (): number => Math.ceil((isInterrupted() ? Math.min(graceMs, patienceMs) : patienceMs) / looks);

/** Blocks until there have been no beats for some looks, or all is over. */
function waitForSilence(): void {
  let before = beats();
  for (let silent = 0; silent < mostSilentLooks && !isOver();) {
    const woken = Atomics.wait(cells, cell.state, Atomics.load(cells, cell.state), lookMs()) !== 'timed-out';
    silent = woken || beats() !== before ? 0 : silent + 1;
    before = beats();
  }
}

const delay = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Calls the other thread in the middle of whatever it does. */
class Caller {
  readonly #session = new Session();
  #pending: Promise<unknown> | null = null;

  constructor() {
    this.#session.connectToMainThread();
  }

  /** What the call gives; undefined if it gives nothing in time: native code cannot be interrupted. */
  async call(call: string, ms: number): Promise<unknown> {
    this.#pending ??= this.#evaluate(`globalThis[Symbol.for('${key}')].${call}`).finally(() => {
      this.#pending = null;
    });
    return await Promise.race([this.#pending, delay(ms)]);
  }

  #evaluate(expression: string): Promise<unknown> {
    return new Promise((resolve) => {
      this.#session.post('Runtime.evaluate', { expression, returnByValue: true }, (_, answer) => {
        resolve(answer?.result.value);
      });
    });
  }

  close(): void {
    this.#session.disconnect();
  }
}

/** Whether the other thread is in one step for as long as one may take. */
async function isStuck(caller: Caller): Promise<boolean> {
  const beatsBefore = beats();
  const first = await caller.call('position()', lookMs());
  for (let look = 0; look < looks; look++) {
    await nextLook();
    const position = await caller.call('position()', lookMs());
    if (position === null || position !== first || beats() !== beatsBefore || isOver()) return false;
  }
  return true;
}

/** Waits for as long as a look takes, which Ctrl-C makes shorter. */
async function nextLook(): Promise<void> {
  const changed = Atomics.waitAsync(cells, cell.state, Atomics.load(cells, cell.state));
  await Promise.race([changed.value, delay(lookMs())]);
}

async function end(caller: Caller): Promise<void> {
  void caller.call(`end(${isInterrupted()})`, mostEndMs);
  await delay(mostEndMs);
  // The stream of this thread goes through the other one.
  writeSync(stderr, 'timeloom: the program does not get on, and cannot be asked where it is\n');
  process.kill(process.pid, 'SIGKILL');
}

while (!isOver()) {
  waitForSilence();
  if (isOver()) break;
  const caller = new Caller();
  if (await isStuck(caller)) await end(caller);
  caller.close();
}

/**
 * The thread that hears Ctrl-C in the place of the watched one, which may be too busy.
 *
 * The host gives it to a script that asks for it, for as long as that runs: so this thread does nothing else.
 */
import { Script } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { cell, said, state, type InterruptData } from './protocol.ts';

const { cells } = workerData as InterruptData;

const tell = (message: string): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
  parentPort!.postMessage(message);
};

let told = false;

/** Blocks until all is over. */
function listen(): void {
  if (!told) tell(said.listening);
  told = true;
  for (let now = Atomics.load(cells, cell.state); now !== state.over; now = Atomics.load(cells, cell.state)) {
    Atomics.wait(cells, cell.state, now);
  }
}

const name = 'timeloomListen';
Object.assign(globalThis, { [name]: listen });
const script = new Script(`${name}()`);
while (Atomics.load(cells, cell.state) !== state.over) {
  try {
    script.runInThisContext({ breakOnSigint: true });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw error;
    Atomics.compareExchange(cells, cell.state, state.watching, state.interrupted);
    Atomics.notify(cells, cell.state);
    tell(said.interrupt);
  }
}

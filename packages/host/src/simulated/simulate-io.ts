import { show, type EventLoop } from '@timeloom/loop';
import { HostInstalledError } from '../errors.ts';
import type { Leak } from '../leak.ts';
import { Patcher } from '../patcher.ts';
import { restoring, type HostRestore, type Restore } from '../restore.ts';
import { installedSimulation, setSimulation, type Simulation } from './current.ts';
import { takeOverFs } from './fs-takeover.ts';
import { takeOverNetwork } from './network-takeover.ts';
import { checkSimulatedIoOptions, type SimulatedIoOptions } from './options.ts';
import { SimulatedFetch } from './simulated-fetch.ts';
import { SimulatedFs } from './simulated-fs.ts';
import { SimulatedHttp } from './simulated-http.ts';

let takenOver = false;

/**
 * Puts dispatchers in the place of `node:fs`, `node:fs/promises`, `fetch`, and the requests of `node:http`
 * and `node:https`. They do what the host does until {@link simulateIo}; code that is imported from now
 * on may keep them. Call it before the import of the code under test, and once for any number of runs.
 *
 * @throws HostInstalledError if they are in place already.
 */
export function takeOverIo(): Restore {
  if (takenOver) throw new HostInstalledError('The I/O of the host is taken over already: restore it first');
  return restoring(bring());
}

/**
 * From now on what the steps of `loop` ask of files and network is simulated: each call is an operation
 * that the loop completes, in an order that a Scheduler may choose. Calls from elsewhere (a test runner's)
 * remain the host's. `leaks()` lists the operations that have not completed.
 *
 * @throws HostInstalledError if I/O is simulated already. @throws LoopClosedError if the loop is closed.
 * @throws TypeError, RangeError on a wrong argument, naming it.
 */
export function simulateIo(loop: EventLoop, options: SimulatedIoOptions): HostRestore {
  if (typeof (loop as Partial<EventLoop> | null)?.startOperation !== 'function') {
    throw new TypeError(`loop must be an EventLoop, got ${show(loop)}`);
  }
  const settings = checkSimulatedIoOptions(options);
  loop.checkOpen();
  if (installedSimulation() !== null) throw new HostInstalledError('I/O is simulated already: restore it first');
  const simulation: Simulation = {
    loop,
    fs: settings.fs && new SimulatedFs(loop, settings.fs),
    fetch: settings.fetch && new SimulatedFetch(loop, settings.fetch),
    http: settings.http && new SimulatedHttp(loop, settings.http),
  };
  const restoreHost = takenOver ? () => {} : bring();
  setSimulation(simulation);
  let left: readonly Leak[] | null = null;
  const leaks = (): readonly Leak[] => left ?? pendingOf(simulation);
  const remove = (): void => {
    left = leaks();
    setSimulation(null);
    restoreHost();
  };
  return Object.assign(restoring(remove), { leaks });
}

function pendingOf({ fs, fetch, http }: Simulation): readonly Leak[] {
  return [fs, fetch, http].flatMap((kind) => kind?.pending() ?? []).map((what) => ({ what }));
}

function bring(): () => void {
  const patcher = new Patcher();
  const restore = (): void => {
    takenOver = false;
    patcher.restore();
  };
  try {
    takeOverFs(patcher);
    takeOverNetwork(patcher);
    patcher.publish();
  } catch (error) {
    restore();
    throw error;
  }
  takenOver = true;
  return restore;
}

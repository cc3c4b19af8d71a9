import { show, type EventLoop } from '@timeloom/loop';
import { HostInstalledError } from './errors.ts';
import type { Leak } from './leak.ts';
import { checkFeatures, checkOptions, type HostFeature, type HostOptions, type TakeOverOptions } from './options.ts';
import { Patcher } from './patcher.ts';
import type { Attachment, Takeover } from './takeover.ts';
import { rememberListeners } from './process-listeners.ts';
import { restoring, type HostRestore, type Restore } from './restore.ts';
import { realm } from './realm.ts';
import { takeovers } from './takeovers.ts';
import { HostTime } from './time/host-time.ts';
import { TimerTable } from './timers/timer-table.ts';
import { followContexts } from './vm-contexts.ts';

const takenOver = new Set<HostFeature>();

/** Where the installed loop is kept: for all copies of this package that the process may have loaded. */
const slot: unique symbol = Symbol.for('timeloom.installed-loop') as never;
const host = realm as { [slot]?: EventLoop };

/**
 * Puts dispatchers in the place of the host's timers, clocks and sources of chance. They do what the
 * host does until a loop is installed; code that is imported from now on may keep them. Call it before
 * the import of the code under test, and once for any number of `installHost`.
 *
 * @throws HostInstalledError if the host is taken over already. @throws TypeError on a wrong option.
 */
export function takeOver(options: TakeOverOptions = {}): Restore {
  const features = checkFeatures(options);
  if (takenOver.size > 0) throw new HostInstalledError('The host is taken over already: restore it first');
  return restoring(bring(features));
}

/**
 * Puts ordinary JavaScript on a loop: from now on timers are the loop's, clocks tell its time, and
 * chance comes from its seed, until the returned function is called. What nobody has taken over yet
 * is taken over for that long.
 *
 * Timers that are left when the loop is removed never fire, unless they are refreshed while another is
 * installed; `leaks()` lists them.
 *
 * @throws HostInstalledError if this or another loop is installed. @throws LoopClosedError if the loop
 * is closed. @throws TypeError, RangeError on a wrong argument, naming it.
 */
export function installHost(loop: EventLoop, options: HostOptions = {}): HostRestore {
  if (typeof (loop as Partial<EventLoop> | null)?.scheduleTimer !== 'function') {
    throw new TypeError(`loop must be an EventLoop, got ${show(loop)}`);
  }
  const settings = checkOptions(options);
  loop.checkOpen();
  checkFree(loop);
  const { features } = settings;
  const wanted = features.size === takeovers.length ? takeovers : takeovers.filter(({ name }) => features.has(name));
  const restoreListeners = settings.restoresListeners ? rememberListeners() : () => {};
  const restoreFeatures = bring(features);
  const time = new HostTime(loop, settings.now);
  const timers = new TimerTable(loop, settings);
  const sources: (() => readonly Leak[])[] = [() => timers.leaks()];
  const reportLeaks = (source: () => readonly Leak[]): void => void sources.push(source);
  const attachment: Attachment = { loop, options, settings, timers, time, reportLeaks };
  let left: readonly Leak[] | null = null;
  const leaks = (): readonly Leak[] => left ?? leaksOf(sources);
  const remove = (): void => {
    try {
      left = leaks();
    } finally {
      delete host[slot];
      wanted.forEach(detach);
      timers.detach();
      restoreFeatures();
      restoreListeners();
    }
  };
  host[slot] = loop;
  try {
    wanted.forEach((takeover) => takeover.attach(attachment));
  } catch (error) {
    remove();
    throw error;
  }
  return Object.assign(restoring(remove), { leaks });
}

/** @throws HostInstalledError if a loop is installed. */
function checkFree(loop: EventLoop): void {
  const installed = host[slot];
  if (installed === undefined) return;
  throw new HostInstalledError(
    installed === loop
      ? 'This loop is installed on the host already'
      : 'Another loop is installed on the host: restore that one first',
  );
}

function detach(takeover: Takeover): void {
  takeover.detach();
}

/** Nearly always none, and asked for after each test of a suite. */
function leaksOf(sources: readonly (() => readonly Leak[])[]): readonly Leak[] {
  let leaks: readonly Leak[] = [];
  for (const source of sources) {
    const found = source();
    if (found.length > 0) leaks = leaks.concat(found);
  }
  return leaks;
}

/** Takes over what nobody has yet; returns how to give it back. */
function bring(features: ReadonlySet<HostFeature>): () => void {
  if (takenOver.size === takeovers.length) return () => {};
  const missing = takeovers.filter(({ name }) => features.has(name) && !takenOver.has(name));
  if (missing.length === 0) return () => {};
  const patcher = new Patcher();
  const restore = (): void => {
    for (const { name } of missing) takenOver.delete(name);
    patcher.restore();
  };
  try {
    for (const takeover of missing) {
      takeover.install(patcher);
      followContexts(patcher, takeover);
      takenOver.add(takeover.name);
    }
    patcher.publish();
  } catch (error) {
    restore();
    throw error;
  }
  return restore;
}

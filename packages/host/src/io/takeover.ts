import type { Leak } from '../leak.ts';
import type { Patcher } from '../patcher.ts';
import { process, realm } from '../realm.ts';
import type { Attachment, Takeover } from '../takeover.ts';
import { followWorkers, watchActors, workersAreFollowed } from './actors.ts';
import { watchAtomics } from './atomic-waits.ts';
import { watchBlobs } from './blobs.ts';
import { listenToChannels } from './channels.ts';
import { watchConnections } from './connections.ts';
import { watchFileWatchers } from './file-watchers.ts';
import { watchMessages } from './messages.ts';
import { checkRealIoOptions } from './options.ts';
import { watchOwnSignals } from './own-signals.ts';
import { recordPlaces } from './places.ts';
import { RealIo } from './real-io.ts';
import { setLoopOfTimeouts, watchSocketTimeouts } from './socket-timeouts.ts';
import { listenToThreads, saysWhenItWaits } from './thread-memory.ts';
import { tellState } from './thread-states.ts';
import { wrapThreadPool } from './thread-pool.ts';
import { letWaitsPass, setLoopOfWaits } from './timed-waits.ts';

let detach: (() => void) | null = null;

/** Has a virtual clock wait for real I/O. */
export const ioTakeover: Takeover = {
  name: 'io',
  install(patcher: Patcher): void {
    patcher.whenRestored(listenToChannels());
    wrapThreadPool(patcher);
    watchConnections(patcher);
    watchActors(patcher);
    watchMessages(patcher);
    watchBlobs(patcher);
    watchFileWatchers(patcher);
    watchOwnSignals(patcher);
    watchSocketTimeouts(patcher);
    // In a worker that says so itself, that is there already.
    if (!saysWhenItWaits()) watchAtomics(patcher, { isHeard: workersAreFollowed, othersDecide: () => false });
    letWaitsPass(patcher, realm);
  },
  installIn: letWaitsPass,
  attach({ loop, options, timers, reportLeaks }: Attachment): void {
    const settings = checkRealIoOptions(options.io);
    const io = new RealIo(settings, loop);
    const release = loop.holdWhile(io);
    loop.turnsAreWhole = true;
    if (timers.turns !== null) {
      timers.turns.isHeld = () => io.isHolding;
      timers.turns.pollMatters = () => io.pollMatters;
    }
    listenToThreads();
    followWorkers(true);
    // A worker that nothing keeps alive is about to end.
    const stopTelling = tellState(loop, () => io.isHolding || process.getActiveResourcesInfo().length === 0);
    if (loop.clock.virtual) {
      setLoopOfTimeouts(loop);
      setLoopOfWaits(loop, () => io.isQuiet);
    }
    const stopRecording = settings.places ? recordPlaces() : null;
    reportLeaks(() => io.pending().map(({ what, at }): Leak => ({ what, at })));
    detach = () => {
      release();
      loop.turnsAreWhole = false;
      followWorkers(false);
      stopTelling();
      setLoopOfTimeouts(null);
      setLoopOfWaits(null);
      stopRecording?.();
      io.close();
    };
  },
  detach(): void {
    detach?.();
    detach = null;
  },
};

import type { EventLoop } from '@timeloom/loop';
import { process } from '../realm.ts';
import { afterNextDelivery, afterNextPoll, deliveredByHost } from './host-turn.ts';
import { onOperationEnded } from './operation.ts';
import { inRealTime, Teller, ThreadState } from './thread-memory.ts';
import { channelToParent } from './wake-channel.ts';

/** Behind so many polls a wait is over for sure that has nothing left to wait for: see `Watch` in real-io.ts. */
const looksBehind = 2;

/**
 * Tells who has started this thread what it does, at the end of each turn of the host's loop.
 *
 * @param waits whether the thread waits for real I/O.
 * @returns how to stop.
 */
export function tellState(loop: EventLoop, waits: () => boolean): () => void {
  const teller = Teller.ofThisThread();
  if (teller === null) return () => {};
  const channel = channelToParent();
  let stopped = false;
  let steps = -1;
  let asleep = false;
  let looksLeft = 0;
  let last = 0;
  const { busy, confirming, idle, unknown } = ThreadState;
  const wasQuiet = quietPolls();
  const look = (when: (callback: () => void) => void): void => {
    const mine = ++last;
    when(() => {
      if (mine === last && !stopped) turn();
    });
  };
  const turn = (): void => {
    const ran = steps !== (steps = loop.statistics().steps);
    if (ran || waits()) {
      teller.say(busy);
      if (asleep) looksLeft = looksBehind;
      asleep = !ran && looksLeft-- <= 0;
      return look(asleep ? afterNextDelivery : afterNextPoll);
    }
    asleep = false;
    // Behind this turn steps may run and begin something, and something may be on its way to here: so idle
    // is what is quiet for two turns, and was sent nothing since the first of them. What a poll has delivered
    // may have something come at the next one, as a port does to which something was sent before it was.
    if (wasQuiet() && teller.sayIdle(idle)) {
      channel.wake();
      return look(afterNextDelivery);
    }
    teller.confirm(confirming);
    look(afterNextPoll);
  };
  const stopListening = onOperationEnded(() => {
    looksLeft = looksBehind;
    if (!asleep) return;
    asleep = false;
    look(afterNextPoll);
  });
  // Nothing is heard of a thread while it is taken down.
  const ending = (): void => {
    stopped = true;
    teller.say(busy);
  };
  process.once('exit', ending);
  teller.say(busy);
  look(afterNextDelivery);
  return () => {
    stopped = true;
    stopListening();
    process.off('exit', ending);
    teller.say(unknown);
    channel.close();
  };
}

/**
 * As {@link tellState}, from a worker in real time, for as long as it lives: tells when it has nothing to do
 * but to wait for messages.
 *
 * @param waits whether the thread waits for anything else, its own timers included.
 */
export function tellIdleness(waits: () => boolean): void {
  const teller = Teller.ofThisThread();
  if (teller === null) return;
  const channel = channelToParent();
  const { confirmingReal, idleReal, unknown } = ThreadState;
  let ended = false;
  process.once('exit', () => {
    ended = true;
    if (inRealTime(teller.state)) teller.say(unknown);
  });
  const wasQuiet = quietPolls();
  let looksAgain = false;
  const turn = (): void => {
    if (ended) return;
    // A loop was installed, which tells more.
    if (!inRealTime(teller.state)) return channel.close();
    looksAgain = !looksAgain;
    if (waits()) {
      teller.say(unknown);
      // The host runs timers that are due behind its immediates, and then sleeps: the last of them may end the wait.
      return (looksAgain ? afterNextPoll : afterNextDelivery)(turn);
    }
    // As above: what is on its way to here is there behind a poll that delivers nothing.
    if (wasQuiet() && teller.sayIdle(idleReal)) {
      channel.wake();
      return afterNextDelivery(turn);
    }
    teller.confirm(confirmingReal);
    afterNextPoll(turn);
  };
  // Its program may begin with nothing that the host would deliver.
  afterNextPoll(turn);
}

/** What tells whether the host has delivered nothing since it was asked for the last time. */
function quietPolls(): () => boolean {
  let seen = -1;
  return () => seen === (seen = deliveredByHost());
}

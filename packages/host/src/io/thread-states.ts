import type { EventLoop } from '@timeloom/loop';
import { process } from '../realm.ts';
import { afterNextDelivery, afterNextPoll, deliveredByHost } from './host-turn.ts';
import { onOperationEnded } from './operation.ts';
import { inRealTime, Teller, ThreadState } from './thread-memory.ts';
import { channelToParent } from './wake-channel.ts';

type When = (callback: () => void) => void;

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
  const looks = new Looks();
  let stopped = false;
  let steps = -1;
  let last = 0;
  const { busy, confirming, idle, unknown, waiting } = ThreadState;
  const wasQuiet = quietPolls();
  const look = (when: When): void => {
    const mine = ++last;
    when(() => {
      if (mine === last && !stopped) turn();
    });
  };
  const turn = (): void => {
    const ran = steps !== (steps = loop.statistics().steps);
    if (ran || waits()) {
      teller.say(ran ? busy : waiting);
      return look(looks.next(ran));
    }
    looks.begin();
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
    if (looks.begin()) look(afterNextPoll);
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

/** What a thread in real time waits for: nothing but messages, its own next turn, or something that the host delivers. */
export type Awaited = 'messages' | 'turn' | 'delivery';

/**
 * As {@link tellState}, from a worker in real time, for as long as it lives: tells when it has nothing to do
 * but to wait for messages.
 *
 * @param awaits what else the thread waits for, its own timers included.
 */
export function tellIdleness(awaits: () => Awaited): void {
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
  const looks = new Looks();
  const turn = (): void => {
    if (ended) return;
    // A loop was installed, which tells more.
    if (!inRealTime(teller.state)) return channel.close();
    const awaited = awaits();
    if (awaited !== 'messages') {
      teller.say(unknown);
      return looks.next(awaited === 'turn')(turn);
    }
    looks.begin();
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

/** So many polls. A timer that is due behind one may begin another that is due behind the next. */
const mostLooks = 2;

/**
 * When to look again at a thread that waits: behind some polls, then whenever the host has delivered something. The
 * wait may end without that. The host runs timers that are due, and closes handles, behind its immediates, and then
 * sleeps.
 */
class Looks {
  #left = mostLooks;
  #asleep = false;

  /** When the next look is due, behind one that has found that the thread waits, or `runs` in its next turn. */
  next(runs: boolean): When {
    if (this.#asleep) this.begin();
    this.#asleep = !runs && this.#left-- === 0;
    return this.#asleep ? afterNextDelivery : afterNextPoll;
  }

  /** Something is new. True if the next look was due only when the host had delivered something. */
  begin(): boolean {
    const wasAsleep = this.#asleep;
    this.#asleep = false;
    this.#left = mostLooks;
    return wasAsleep;
  }
}

/** What tells whether the host has delivered nothing since it was asked for the last time. */
function quietPolls(): () => boolean {
  let seen = -1;
  return () => seen === (seen = deliveredByHost());
}

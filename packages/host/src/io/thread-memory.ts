import { workerThreads } from '../realm.ts';
import { WakeCount } from './wake-count.ts';

const { getEnvironmentData, isMainThread, setEnvironmentData, threadId } = workerThreads;

/** What is known of a thread by itself. */
export const ThreadState = {
  /** It has no loop that is installed. */
  unknown: 0,
  /** It runs, or something is on its way to it. */
  busy: 1,
  /** It seems to have nothing to do, and looks once more for what was sent to it. */
  confirming: 2,
  /** It sleeps until somebody sends it something. */
  idle: 3,
  /** As `confirming` and `idle`, of a thread in real time, which is `unknown` otherwise. */
  confirmingReal: 4,
  idleReal: 5,
  /** Its clock waits for I/O of its own. */
  waiting: 6,
} as const;

const key = 'timeloom.thread-states';

/** The `process.execArgv` of the process, for workers that cannot be given all of it. */
export const execArgvKey = 'timeloom.exec-argv';

/** So many threads there are not at a time; their numbers only grow. */
const most = 16_384;

/** What is told in front of all threads. */
const Shared = {
  /** 1 once some worker can send something to another one. */
  talk: 0,
  /** How many times workers have sent something to somebody. */
  posts: 1,
} as const;

/** Where the {@link WakeCount} is, behind those. */
const wakesAt = 1;

/** What is told of each thread. */
const Told = {
  /** Its state in three bits; above them a number that is another one each time that it says something. */
  word: 0,
  /** `posts`, from before it looked for the last time for what was sent to it. */
  seenPosts: 1,
  /** Odd while it waits in `Atomics.wait`, and another number each time; 0 if nobody would say so. */
  waits: 2,
  /** 1 while it sends what is none of the program's. It may have several copies of this module. */
  ours: 3,
  /** How many times it has sent something by a port that is not that of its start, or by a channel. */
  sent: 4,
  /** 1 once it has made a broadcast channel. */
  broadcasts: 5,
  /** 1 once it has sent a port to somebody. */
  ports: 6,
} as const;
const perThread = 7;
const stateBits = 3;

const slotOf = (id: number): number => perThread * (1 + (id % (most - 1)));
const stateIn = (word: number): number => word & ((1 << stateBits) - 1);
const wordAfter = (word: number, state: number): number => (((word >>> stateBits) + 1) << stateBits) | state;

/** Numbers for each thread of the process: null in a program that has made no worker virtual. */
function shared(): Int32Array | null {
  const buffer = getEnvironmentData(key) as SharedArrayBuffer | undefined;
  return buffer === undefined ? null : new Int32Array(buffer);
}

let states: Int32Array | null = null;
let wakes: WakeCount | null = null;
/** The numbers, if there are any. */
function known(): Int32Array | null {
  if (states === null) use(shared());
  return states;
}

function use(numbers: Int32Array | null): void {
  states = numbers;
  wakes = numbers === null ? null : new WakeCount(numbers, wakesAt);
}

/** From now on threads that are started tell this one what they do, if a loop is installed there. */
export function listenToThreads(): void {
  if (known() !== null) return;
  const buffer = new SharedArrayBuffer(most * perThread * Int32Array.BYTES_PER_ELEMENT);
  setEnvironmentData(key, buffer);
  use(new Int32Array(buffer));
}

/** True for what a thread without a loop says. */
export const inRealTime = (state: number): boolean =>
  state === ThreadState.unknown || state === ThreadState.confirmingReal || state === ThreadState.idleReal;

/** What a thread has said of itself. Two are equal only if it has said nothing in between. */
export interface Statement {
  readonly state: number;
  readonly word: number;
  /** True if it has said that it is idle behind everything that workers have sent to each other. */
  readonly isCurrent: boolean;
  /** True if it waits in `Atomics.wait` until another thread wakes it, and none has. */
  readonly isBlocked: boolean;
  readonly waits: number;
}

const nothingSaid: Statement = { state: ThreadState.unknown, word: 0, isCurrent: false, isBlocked: false, waits: 0 };

/** What a thread says it does. */
export function statementOf(id: number): Statement {
  const told = states;
  if (told === null) return nothingSaid;
  const slot = slotOf(id);
  const word = Atomics.load(told, slot + Told.word);
  const waits = Atomics.load(told, slot + Told.waits);
  return {
    state: stateIn(word),
    word,
    isCurrent:
      Atomics.load(told, Shared.talk) === 0 ||
      Atomics.load(told, slot + Told.seenPosts) === Atomics.load(told, Shared.posts),
    waits,
    isBlocked: waits % 2 !== 0 && wakes!.noneIsWoken,
  };
}

/** Nothing more is heard of it: another thread may get its place. Not at its start, when it may have spoken. */
export function threadEnded(id: number): void {
  if (states === null) return;
  const slot = slotOf(id);
  if (Atomics.load(states, slot + Told.waits) % 2 !== 0) wakes!.waitEnded(false);
  for (let i = 0; i < perThread; i++) Atomics.store(states, slot + i, 0);
}

/** Workers may send each other something from now on: one was given a port, or uses a broadcast channel. */
export function noteTalk(): void {
  if (known() !== null) Atomics.store(states!, Shared.talk, 1);
}

/** This thread has sent something, maybe to another worker. Call it behind the sending. */
export function notePost(): void {
  if (known() !== null) Atomics.add(states!, Shared.posts, 1);
}

/** As {@link notePost}, but ahead of the sending: this thread sends something by a port or a channel of its program. */
export function noteSent(): void {
  if (known() !== null) Atomics.add(states!, slotOf(threadId) + Told.sent, 1);
}

/** How many times thread `id` has noted that. */
export const sentBy = (id: number): number => (states === null ? 0 : Atomics.load(states, slotOf(id) + Told.sent));

/** This thread has made a broadcast channel of its program. */
export function noteBroadcastChannel(): void {
  if (known() !== null) Atomics.store(states!, slotOf(threadId) + Told.broadcasts, 1);
}

/** Whether thread `id` has noted that. */
export const hearsBroadcasts = (id: number): boolean =>
  states !== null && Atomics.load(states, slotOf(id) + Told.broadcasts) !== 0;

/** This thread has sent a port of its program to somebody. */
export function notePortSent(): void {
  if (known() !== null) Atomics.store(states!, slotOf(threadId) + Told.ports, 1);
}

/** Whether thread `id` has noted that. */
export const sendsPorts = (id: number): boolean =>
  states !== null && Atomics.load(states, slotOf(id) + Told.ports) !== 0;

/**
 * A thread was sent something, so it is busy until it has looked for that. Call it behind the sending: what
 * the thread says meanwhile is then known to be out of date. Wake it then, unless that gives null: it may have
 * looked already.
 *
 * @returns its {@link Statement} from now on, as a word, until it says something itself; null if it will not.
 */
export function threadAsked(id: number): number | null {
  if (states === null) return null;
  const at = slotOf(id) + Told.word;
  for (;;) {
    const word = Atomics.load(states, at);
    const state = stateIn(word);
    if (state === ThreadState.unknown) return null;
    const asked = wordAfter(word, inRealTime(state) ? ThreadState.unknown : ThreadState.busy);
    if (Atomics.compareExchange(states, at, word, asked) === word) return asked;
  }
}

/** True if this thread says when it waits in `Atomics.wait`. */
export function saysWhenItWaits(): boolean {
  return known() !== null && Atomics.load(states!, slotOf(threadId) + Told.waits) !== 0;
}

/** From now on this thread does so, for as long as it lives. */
export function willSayWhenItWaits(): void {
  if (known() !== null) Atomics.compareExchange(states!, slotOf(threadId) + Told.waits, 0, 2);
}

/**
 * This thread is about to wait in `Atomics.wait`.
 *
 * @param isBlocked whether nothing but other threads ends that.
 * @returns what to call behind it.
 */
export function waitBegins(isBlocked: boolean): (woken: boolean) => void {
  const told = known();
  if (told === null) return () => {};
  const at = slotOf(threadId) + Told.waits;
  const says = isBlocked && Atomics.load(told, at) !== 0;
  wakes!.waitBegins();
  if (says) Atomics.add(told, at, 1);
  return (woken) => {
    if (says) Atomics.add(told, at, 1);
    wakes!.waitEnded(woken);
  };
}

/**
 * This thread is about to call `Atomics.notify`.
 *
 * @returns what to call behind it, with how many it has woken.
 */
export function notifyBegins(): (count: number) => void {
  if (known() === null) return () => {};
  wakes!.notifyBegins();
  return (count) => wakes!.notifyEnded(count);
}

let areOurs = false;

/** True while messages are posted that are none of the program's. */
export const messagesAreOurs = (): boolean =>
  areOurs || (known() !== null && Atomics.load(states!, slotOf(threadId) + Told.ours) !== 0);

/** Has {@link messagesAreOurs} say so. */
export function setOurs(on: boolean): void {
  areOurs = on;
  if (known() !== null) Atomics.store(states!, slotOf(threadId) + Told.ours, Number(on));
}

/** What this thread says of itself. */
export class Teller {
  readonly #told: Int32Array;
  readonly #slot: number = slotOf(threadId);
  #confirming: number | null = null;

  private constructor(told: Int32Array) {
    this.#told = told;
  }

  /** Null where nobody listens. */
  static ofThisThread(): Teller | null {
    const told = isMainThread ? null : known();
    return told === null ? null : new Teller(told);
  }

  get state(): number {
    return stateIn(Atomics.load(this.#told, this.#slot + Told.word));
  }

  say(state: number): number {
    const at = this.#slot + Told.word;
    const word = wordAfter(Atomics.load(this.#told, at), state);
    Atomics.store(this.#told, at, word);
    this.#confirming = null;
    return word;
  }

  /** Nothing is to be done; the next poll shows whether something is on its way to here. */
  confirm(state: number): void {
    Atomics.store(this.#told, this.#slot + Told.seenPosts, Atomics.load(this.#told, Shared.posts));
    this.#confirming = this.say(state);
  }

  /** True if nothing was sent to here since {@link confirm}, so that it is said. */
  sayIdle(state: number): boolean {
    const word = this.#confirming;
    this.#confirming = null;
    if (word === null) return false;
    return Atomics.compareExchange(this.#told, this.#slot + Told.word, word, wordAfter(word, state)) === word;
  }
}

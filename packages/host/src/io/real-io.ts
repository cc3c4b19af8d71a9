import type { EventLoop, HostWork } from '@timeloom/loop';
import { process } from '../realm.ts';
import { actors } from './actors.ts';
import { connections } from './connections.ts';
import { EndlessIo } from './endless-io.ts';
import { filesAreWatched } from './file-watchers.ts';
import { HostRequests } from './host-requests.ts';
import { afterNextDelivery, afterNextPoll, realNow, realTimer } from './host-turn.ts';
import { MessagePolls } from './message-polls.ts';
import { messages } from './messages.ts';
import { onOperationEnded, type IoOperation, type IoSource } from './operation.ts';
import type { RealIoSettings } from './options.ts';
import { PassingTime } from './passing-time.ts';
import { threadPool } from './thread-pool.ts';

const requests = new HostRequests();
const sources: readonly IoSource[] = [threadPool, connections, actors, messages, requests];

/** Asked one by one and not in a loop: five classes in one place are slow, and this is asked for each sleep. */
function nothingIsInFlight(): boolean {
  return threadPool.idle && connections.idle && actors.idle && messages.idle && requests.idle;
}

/**
 * What is in flight now. Called each time before the clock moves, and nearly always finds nothing.
 *
 * @param isLast whether nothing else is left to wait for: a deadlock would be declared.
 */
function operationsInFlight(quietMs: number, isLast = false): readonly IoOperation[] {
  if (nothingIsInFlight()) return none;
  let operations = none;
  for (const source of sources) if (!source.idle) operations = operations.concat(source.inFlight(quietMs, isLast));
  return operations;
}

const none: readonly IoOperation[] = [];
const nothingBefore: ReadonlySet<IoOperation> = new Set();

/**
 * Holds the clock of a loop while real I/O is in flight. It is asked when the loop would move the clock.
 * If something is in flight, it looks again after each thing that the host delivers, and after each end
 * that a source tells of (the host closes handles after its poll); the host sleeps in between. When the
 * last operation has ended, the host is asked for I/O once more: what the end has caused inside this
 * process (a datagram, an immediate of Node's own) is there by then.
 */
export class RealIo implements HostWork {
  readonly #settings: RealIoSettings;
  readonly #loop: EventLoop;
  readonly #before: ReadonlySet<IoOperation>;
  readonly #polls: MessagePolls;
  readonly #endless: EndlessIo;
  readonly #time: PassingTime;
  #watch: Watch | null = null;
  /** How many steps the loop had run when the host was last asked for I/O. */
  #stepsAtPoll = -1;

  constructor(settings: RealIoSettings, loop: EventLoop) {
    this.#settings = settings;
    this.#loop = loop;
    this.#polls = new MessagePolls(loop);
    this.#endless = new EndlessIo(settings.patienceMs);
    this.#time = new PassingTime(loop);
    const operations = operationsInFlight(settings.quietMs);
    this.#before = operations === none ? nothingBefore : new Set(operations);
  }

  inFlight(wake: () => void): boolean {
    if (this.#watch === null) {
      const operations = operationsInFlight(this.#settings.quietMs, hasNoTimer(this.#loop));
      if (operations === none) this.#endless.ended();
      if ((operations === none || this.#letsTimePass(operations)) && !this.#mayHaveSent()) return false;
      const watch = new Watch(
        this.#settings.patienceMs,
        this.#endless.heldSince,
        this.#loop,
        (isLast) => this.#waitedFor(isLast),
        () => this.#waitIsOver(),
      );
      this.#watch = watch;
      watch.begin();
    } else this.#watch.askedAgain();
    this.#watch.wakes.add(wake);
    return true;
  }

  /** True if the host's next poll may deliver something. */
  get pollMatters(): boolean {
    return !nothingIsInFlight() || filesAreWatched();
  }

  /** True if nothing at all is in flight, whether the clock would wait for it or not. */
  get isQuiet(): boolean {
    return nothingIsInFlight();
  }

  /** True while something is in flight that the clock waits for, or would wait for. */
  get isHolding(): boolean {
    return this.#watch !== null || this.#waitedFor().length > 0;
  }

  /** What the clock has to wait for. */
  #waitedFor(isLast = false): readonly IoOperation[] {
    const operations = operationsInFlight(this.#settings.quietMs, isLast);
    return this.#timeHasToPass(operations) ? none : operations.filter(({ setAside }) => !setAside);
  }

  #letsTimePass(operations: readonly IoOperation[]): boolean {
    return this.#timeHasToPass(operations) ? this.#time.isPassing : operations.every(({ setAside }) => setAside);
  }

  /** True if the clock has to go on although something is in flight, as nothing but time would end that. */
  #timeHasToPass(operations: readonly IoOperation[]): boolean {
    const isEndless = this.#endless.holds(operations) && (this.#time.isPassing || this.#endless.owedMs > 0);
    return this.#polls.areAll(operations) || isEndless;
  }

  /**
   * What was begun since this was made and is in flight now, also what the clock waits for no more. What
   * the host's next poll will deliver is done, as far as the program can do it.
   */
  pending(): readonly IoOperation[] {
    if (nothingIsInFlight()) return none;
    return operationsInFlight(this.#settings.quietMs).filter(
      (operation) => !this.#before.has(operation) && !operation.atNextPoll,
    );
  }

  /**
   * True if the last steps may have left work with the host that nobody sees: with connections open,
   * HTTP/2 and TLS write in immediates of Node's own, and the next poll comes behind those; files that are
   * watched may have been changed, and the next poll tells.
   */
  #mayHaveSent(): boolean {
    return this.#loop.statistics().steps !== this.#stepsAtPoll && (!connections.idle || filesAreWatched());
  }

  #waitIsOver(): void {
    const operations = operationsInFlight(this.#settings.quietMs);
    if (this.#timeHasToPass(operations) && !this.#time.isPassing) this.#letPass(operations);
    this.close();
  }

  #letPass(operations: readonly IoOperation[]): void {
    if (this.#polls.areAll(operations)) return this.#time.letPass(1, 'turns of messages');
    this.#time.letPass(this.#endless.owedMs, 'operations in a row');
    this.#endless.passes(operations);
  }

  /** Ends the wait, if there is one, and lets who waited ask again. */
  close(): void {
    this.#stepsAtPoll = this.#loop.statistics().steps;
    const watch = this.#watch;
    this.#watch = null;
    watch?.end();
  }
}

const hasNoTimer = (loop: EventLoop): boolean => loop.statistics().pendingTimers === 0;

/** The wait from the moment that something was in flight until nothing is. */
class Watch {
  readonly wakes: Set<() => void> = new Set();
  readonly #patienceMs: number;
  /** The real time at which it began, or another wait that this one goes on with. */
  readonly #begunAt: number;
  readonly #loop: EventLoop;
  readonly #waitedFor: (isLast: boolean) => readonly IoOperation[];
  readonly #done: () => void;
  #cancelTimer: (() => void) | null = null;
  #stopListening: (() => void) | null = null;
  #asleep = false;
  #confirming = false;
  #ended = false;
  /** Whether nothing else was left to wait for when it looked. */
  #wasLast = false;

  constructor(
    patienceMs: number,
    begunAt: number,
    loop: EventLoop,
    waitedFor: (isLast: boolean) => readonly IoOperation[],
    done: () => void,
  ) {
    this.#patienceMs = patienceMs;
    this.#begunAt = begunAt;
    this.#loop = loop;
    this.#waitedFor = waitedFor;
    this.#done = done;
  }

  begin(): void {
    // Before the loop's own listener, which would declare a deadlock.
    process.prependListener('beforeExit', this.#hostEmpty);
    this.#stopListening = onOperationEnded(() => this.#confirm());
    const operations = this.#holding();
    if (operations.length > 0) this.#sleep(operations);
    else this.#confirm();
  }

  /** A timer that was set since may make a difference. */
  askedAgain(): void {
    if (this.#wasLast && !hasNoTimer(this.#loop)) this.#confirm();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    process.off('beforeExit', this.#hostEmpty);
    this.#stopListening?.();
    this.#cancelTimer?.();
    for (const wake of this.wakes) wake();
  }

  /** Looks again after the next thing that the host delivers. */
  #sleep(operations: readonly IoOperation[]): void {
    this.#cancelTimer?.();
    const next = Math.min(...operations.map((operation) => Math.min(operation.countsUntil, this.#expiryOf(operation))));
    // Nothing to do then: that the timer was delivered is what lets us look again.
    const keepsAlive = operations.some((operation) => operation.keepsAlive);
    const isNeeded = keepsAlive || next !== Infinity;
    this.#cancelTimer = isNeeded ? realTimer(() => {}, next - realNow(), keepsAlive) : null;
    if (!this.#asleep) afterNextDelivery(this.#delivered);
    this.#asleep = true;
  }

  readonly #delivered = (): void => {
    this.#asleep = false;
    if (this.#ended) return;
    const operations = this.#holding();
    if (operations.length > 0 && !operations.some(this.#isSilent)) this.#sleep(operations);
    else this.#confirm();
  };

  /**
   * Looks again after the host's next poll; if nothing is in flight then, that is the end. What seems to be silent
   * is known to be then: this thread itself may have been busy for so long.
   */
  #confirm(): void {
    if (!this.#confirming) afterNextPoll(this.#polled);
    this.#confirming = true;
  }

  readonly #polled = (): void => {
    this.#confirming = false;
    if (this.#ended) return;
    for (const operation of this.#holding())
      if (this.#isSilent(operation) && !operation.extend()) this.#setAside(operation);
    const operations = this.#holding();
    if (operations.length > 0) this.#sleep(operations);
    else this.#done();
  };

  /** When the clock is no longer to wait for it, if it stays silent. */
  #expiryOf(operation: IoOperation): number {
    return Math.max(operation.aliveAt, this.#begunAt) + this.#patienceMs;
  }

  readonly #isSilent = (operation: IoOperation): boolean => this.#expiryOf(operation) <= realNow();

  #holding(): readonly IoOperation[] {
    this.#wasLast = hasNoTimer(this.#loop);
    return this.#waitedFor(this.#wasLast);
  }

  #setAside(operation: IoOperation): void {
    operation.setAside = true;
    const { what, at } = operation;
    const begun = at === undefined ? '' : `, begun at ${at},`;
    process.emitWarning(
      `${what}${begun} gave no sign of life for ${this.#patienceMs} ms, so the virtual clock goes on ` +
        `without it. If it takes that long, raise io.patienceMs; if it never ends, unref() it`,
      { type: 'TimeloomWarning', code: 'TIMELOOM_IO_SILENT' },
    );
  }

  /** The host has nothing that keeps it alive, so nothing will come of what is in flight. */
  readonly #hostEmpty = (): void => {
    for (const operation of this.#holding()) operation.setAside = true;
    this.#done();
  };
}

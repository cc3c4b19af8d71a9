import { show } from '@timeloom/loop';
import { AsyncioEventLoop, type AsyncioOptions } from './event-loop.ts';

/**
 * Decides what `newEventLoop` and `run` make, so that one line moves a whole program from the real
 * clock to a virtual one. Mirrors asyncio's event-loop policies.
 */
export interface EventLoopPolicy {
  newEventLoop(options?: AsyncioOptions): AsyncioEventLoop;
}

const defaultPolicy: EventLoopPolicy = {
  newEventLoop: (options) => new AsyncioEventLoop(options),
};

let current = defaultPolicy;

/** The policy in force. Mirrors `asyncio.get_event_loop_policy`. */
export function getEventLoopPolicy(): EventLoopPolicy {
  return current;
}

/**
 * @param policy null for the default, which makes loops on the real clock.
 * @throws TypeError if it has no `newEventLoop`.
 */
export function setEventLoopPolicy(policy: EventLoopPolicy | null): void {
  if (policy !== null && typeof policy?.newEventLoop !== 'function') {
    throw new TypeError(`setEventLoopPolicy() expects an object with newEventLoop(), or null, got ${show(policy)}`);
  }
  current = policy ?? defaultPolicy;
}

/** A loop as the policy makes them. Mirrors `asyncio.new_event_loop`. */
export function newEventLoop(options?: AsyncioOptions): AsyncioEventLoop {
  return current.newEventLoop(options);
}

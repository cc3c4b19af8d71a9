/** Async iterators. */
import { on, once, EventEmitter } from 'node:events';
import { setInterval as ticks, setTimeout as sleep } from 'node:timers/promises';

/** @typedef {import('../program.d.ts').Program} Program */

/** @type {Record<string, Program>} */
export const iterators = {
  'an interval is iterated and left': async (log) => {
    let n = 0;
    for await (const value of ticks(5, 'value')) {
      log(`${value} ${++n}`);
      if (n === 3) break;
    }
    log('end');
  },

  'a slow reader of an interval gets the ticks that it missed': async (log) => {
    let n = 0;
    setTimeout(() => log('35 ms'), 35);
    for await (const _ of ticks(10)) {
      log(`tick ${++n}`);
      if (n === 1) await sleep(35);
      if (n === 5) break;
    }
  },

  'an interval’s iterator is left by an exception': async (log) => {
    try {
      for await (const _ of ticks(5)) throw new Error('expected');
    } catch (error) {
      log(/** @type {Error} */ (error).message);
    }
  },

  'an interval begins with the first read': async (log) => {
    const iterator = ticks(10, 'tick')[Symbol.asyncIterator]();
    await sleep(15);
    setTimeout(() => log('5 ms later'), 5);
    log(`${(await iterator.next()).value}`);
    log(`${(await iterator.return?.())?.done}`);
  },

  'an async generator of sleeps': async (log) => {
    async function* numbers() {
      for (let i = 0; i < 3; i++) {
        await sleep(10);
        yield i;
      }
    }
    const interval = setInterval(() => log('interval'), 25);
    for await (const n of numbers()) log(`${n}`);
    clearInterval(interval);
  },

  'two readers of generators': async (log) => {
    async function* numbers(/** @type {string} */ name, /** @type {number} */ ms) {
      try {
        for (let i = 0; i < 3; i++) {
          await sleep(ms);
          yield `${name} ${i}`;
        }
      } finally {
        log(`${name} closed`);
      }
    }
    const read = async (/** @type {AsyncIterable<string>} */ lines, /** @type {number} */ most) => {
      let n = 0;
      for await (const line of lines) {
        log(line);
        if (++n === most) break;
      }
    };
    await Promise.all([read(numbers('slow', 20), 9), read(numbers('fast', 7), 2)]);
  },

  'events.once and events.on': async (log) => {
    const emitter = new EventEmitter();
    setTimeout(() => emitter.emit('ready', 1), 5);
    log(`ready ${await once(emitter, 'ready')}`);
    let n = 0;
    const interval = setInterval(() => emitter.emit('data', ++n), 5);
    for await (const [value] of on(emitter, 'data')) {
      log(`data ${value}`);
      if (value === 3) break;
    }
    clearInterval(interval);
  },

  'events.on is ended by AbortSignal.timeout': async (log) => {
    const emitter = new EventEmitter();
    const interval = setInterval(() => emitter.emit('data', 'data'), 20);
    try {
      for await (const [value] of on(emitter, 'data', { signal: AbortSignal.timeout(50) })) log(value);
    } catch (error) {
      log(`${/** @type {any} */ (error).code}`);
    }
    clearInterval(interval);
  },

  'Promise.race of sleeps, and the loser': async (log) => {
    const slow = sleep(20, 'slow').then((value) => {
      log('the loser is done');
      return value;
    });
    log(await Promise.race([slow, sleep(5, 'fast')]));
    await slow;
  },

  'Promise.allSettled keeps the order of its arguments': async (log) => {
    const fail = async () => {
      await sleep(5);
      throw new Error('expected');
    };
    const results = await Promise.allSettled([sleep(10, 'a'), fail(), sleep(1, 'c')]);
    log(results.map((result) => result.status).join(' '));
  },
};

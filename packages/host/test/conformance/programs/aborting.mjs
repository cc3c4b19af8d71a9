/** Abort signals. */
import { once } from 'node:events';
import { scheduler, setImmediate as immediate, setInterval as ticks, setTimeout as sleep } from 'node:timers/promises';

/** @typedef {import('../program.d.ts').Program} Program */

/** @param {any} error */
const describe = (error) => `${error.name} ${error.code} ${error.message}, cause ${error.cause}`;

/** @type {Record<string, Program>} */
export const aborting = {
  'a sleep is aborted, with a reason': async (log) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort('enough'), 5);
    await sleep(1000, undefined, { signal: controller.signal }).catch((error) => log(describe(error)));
  },

  'a sleep is aborted before it begins': async (log) => {
    const signal = AbortSignal.abort();
    await sleep(5, undefined, { signal }).catch((error) => log(`${error.name} ${error.cause.name}`));
    await immediate(undefined, { signal }).catch((error) => log(error.name));
    await scheduler.wait(5, { signal }).catch((error) => log(error.name));
    await ticks(5, undefined, { signal })
      .next()
      .catch((error) => log(error.name));
  },

  'an immediate is aborted': async (log) => {
    const controller = new AbortController();
    const waiting = immediate('value', { signal: controller.signal }).catch((error) => log(describe(error)));
    controller.abort(7);
    await waiting;
  },

  'aborting what is over does nothing': async (log) => {
    const controller = new AbortController();
    log(await sleep(5, 'value', { signal: controller.signal }));
    controller.abort();
    await sleep(5);
    log('end');
  },

  'the microtasks between an abort and its rejection': async (log) => {
    const controller = new AbortController();
    const waiting = sleep(1000, undefined, { signal: controller.signal }).catch(() => log('rejected'));
    setTimeout(() => {
      controller.abort();
      let microtask = Promise.resolve();
      for (let i = 1; i <= 8; i++) microtask = microtask.then(() => log(`microtask ${i}`));
    }, 5);
    await waiting;
  },

  'the microtasks between a timer and what awaits it, with a signal and without': async (log) => {
    const { signal } = new AbortController();
    const count = async (/** @type {string} */ name, /** @type {Promise<unknown>} */ waiting) => {
      await waiting;
      log(name);
    };
    const waits = [count('with', sleep(5, 1, { signal })), count('without', sleep(5, 1))];
    setTimeout(() => {
      let microtask = Promise.resolve();
      for (let i = 1; i <= 8; i++) microtask = microtask.then(() => log(`microtask ${i}`));
    }, 5);
    await Promise.all(waits);
  },

  'AbortSignal.timeout aborts with a TimeoutError': async (log) => {
    const signal = AbortSignal.timeout(10);
    setTimeout(() => log(`5 ms: ${signal.aborted}`), 5);
    const kept = setTimeout(() => {}, 60);
    await once(signal, 'abort');
    log(`${signal.aborted} ${signal.reason.name} ${signal.reason.message} ${signal.reason instanceof DOMException}`);
    clearTimeout(kept);
  },

  'AbortSignal.timeout keeps no program alive': (log) => {
    AbortSignal.timeout(200).addEventListener('abort', () => log('never'));
    setTimeout(() => log('last'), 5);
  },

  'AbortSignal.any of a timeout and a controller': async (log) => {
    const controller = new AbortController();
    const signal = AbortSignal.any([AbortSignal.timeout(500), controller.signal]);
    setTimeout(() => controller.abort(new Error('mine')), 5);
    await sleep(1000, undefined, { signal }).catch((error) => log(describe(error)));
  },

  'AbortSignal.timeout refuses what is no delay': (log) => {
    for (const delay of [-1, 1.5, NaN, '5', undefined, 2 ** 32]) {
      try {
        AbortSignal.timeout(/** @type {any} */ (delay));
        log(`${delay} accepted`);
      } catch (error) {
        log(`${delay}: ${/** @type {any} */ (error).code}`);
      }
    }
  },

  'delays that are no numbers': async (log) => {
    const firstOf = async (/** @type {AsyncIterable<unknown>} */ values) => {
      for await (const _ of values) break;
    };
    for (const delay of ['5', 'x', null, {}, true, 5n, undefined]) {
      const name = typeof delay === 'object' ? JSON.stringify(delay) : `${delay}`;
      /** @type {[string, () => Promise<unknown>][]} */
      const calls = [
        ['setTimeout', () => sleep(/** @type {any} */ (delay))],
        ['wait', () => scheduler.wait(/** @type {any} */ (delay))],
        ['setInterval', () => firstOf(ticks(/** @type {any} */ (delay)))],
      ];
      for (const [call, begin] of calls) {
        try {
          await begin();
          log(`${call} ${name} accepted`);
        } catch (error) {
          log(`${call} ${name}: ${/** @type {any} */ (error).code ?? /** @type {Error} */ (error).name}`);
        }
      }
    }
  },

  'wrong options are refused': async (log) => {
    for (const options of [null, 5, { signal: null }, { signal: {} }, { ref: 1 }]) {
      for (const call of [sleep(1, 0, /** @type {any} */ (options)), immediate(0, /** @type {any} */ (options))]) {
        await call.then(
          () => log('accepted'),
          (error) => log(`${error.code}: ${error.message}`),
        );
      }
      await ticks(1, 0, /** @type {any} */ (options))
        .next()
        .catch((error) => log(`${error.code}`));
    }
  },

  'an interval’s iterator is aborted while it waits': async (log) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort('enough'), 25);
    try {
      for await (const value of ticks(10, 'tick', { signal: controller.signal })) log(value);
    } catch (error) {
      log(describe(error));
    }
  },

  'an interval’s iterator is aborted by its reader': async (log) => {
    const controller = new AbortController();
    let n = 0;
    try {
      for await (const value of ticks(5, 'tick', { signal: controller.signal })) {
        log(`${value} ${++n}`);
        if (n === 2) controller.abort();
      }
    } catch (error) {
      log(`${/** @type {Error} */ (error).name}`);
    }
  },

  'the microtasks between the abort of an iterator and its rejection': async (log) => {
    const controller = new AbortController();
    const reading = (async () => {
      for await (const value of ticks(1000, 'tick', { signal: controller.signal })) log(value);
    })().catch(() => log('rejected'));
    setTimeout(() => {
      controller.abort();
      let microtask = Promise.resolve();
      for (let i = 1; i <= 8; i++) microtask = microtask.then(() => log(`microtask ${i}`));
    }, 5);
    await reading;
  },
};

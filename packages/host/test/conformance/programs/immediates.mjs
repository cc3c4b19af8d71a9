/** Immediates against timers, ticks and microtasks. */
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import * as timers from 'node:timers';
import { scheduler } from 'node:timers/promises';

/** @typedef {import('../program.d.ts').Program} Program */

/** @type {Record<string, Program>} */
export const immediates = {
  'immediates made by immediates run in the next round': (log) => {
    setImmediate(() => {
      log('a');
      setImmediate(() => log('a made'));
    });
    setImmediate(() => {
      log('b');
      setImmediate(() => log('b made'));
    });
    setImmediate(() => log('c'));
  },

  'ticks and microtasks run between immediates': (log) => {
    for (const name of ['a', 'b']) {
      setImmediate(() => {
        log(`immediate ${name}`);
        queueMicrotask(() => log(`microtask ${name}`));
        process.nextTick(() => log(`tick ${name}`));
      });
    }
  },

  'an immediate made by a timer runs before a timer made there': (log) => {
    setTimeout(() => {
      setTimeout(() => log('timer'), 0);
      setImmediate(() => log('immediate'));
      log('begin');
    }, 5);
  },

  'two timers due together have no immediate between them': (log) => {
    for (const name of ['a', 'b', 'c']) {
      setTimeout(() => {
        log(`timer ${name}`);
        setImmediate(() => log(`immediate ${name}`));
        queueMicrotask(() => log(`microtask ${name}`));
      }, 5);
    }
  },

  'an immediate clears the next one': (log) => {
    setImmediate(() => {
      log('first');
      clearImmediate(second);
    });
    const second = setImmediate(() => log('second'));
    setImmediate(() => log('third'));
  },

  'an exception does not stop the immediates behind it': (log, onUncaught) => {
    onUncaught((error) => log(`uncaught ${error.message}`));
    setImmediate(() => {
      throw new Error('expected');
    });
    setImmediate(() => log('behind'));
  },

  'immediates get their arguments, and themselves as this': (log) => {
    const made = setImmediate(
      /** @this {unknown} @param {unknown[]} args */
      function (...args) {
        log(`${args.join(' ')} ${this === made}`);
      },
      1,
      'b',
    );
    log(`${made.hasRef()} ${made.unref() === made} ${made.hasRef()} ${made.ref().hasRef()}`);
  },

  'promised immediates': async (log) => {
    setImmediate(() => log('callback'));
    void immediate('value').then(log);
    setImmediate(() => log('another callback'));
    log('main');
    await immediate();
    log('awaited');
    await scheduler.yield();
    log('yielded');
  },

  'main, ticks, microtasks, immediates': (log) => {
    setImmediate(() => log('immediate'));
    void Promise.resolve()
      .then(() => log('microtask 1'))
      .then(() => process.nextTick(() => log('tick of a microtask')))
      .then(() => log('microtask 2'));
    process.nextTick(() => {
      log('tick 1');
      queueMicrotask(() => log('microtask of a tick'));
    });
    process.nextTick(() => log('tick 2'));
    log('main');
  },

  'immediates alternate with awaits': async (log) => {
    const run = async (/** @type {string} */ name) => {
      for (let i = 0; i < 3; i++) {
        await immediate();
        log(`${name} ${i}`);
      }
    };
    await Promise.all([run('a'), run('b')]);
  },

  'a long chain of immediates before a timer of 50 ms': (log) => {
    setTimeout(() => log('timer'), 50);
    let n = 0;
    const next = () => {
      if (++n % 10 === 0) log(`immediate ${n}`);
      if (n < 30) timers.setImmediate(next);
    };
    next();
  },

  'awaits of a timer’s continuation run before the next timer': async (log) => {
    const waits = ['a', 'b'].map(async (name) => {
      await sleep(5);
      log(`${name} 1`);
      await null;
      log(`${name} 2`);
      await immediate();
      log(`${name} 3`);
    });
    await Promise.all(waits);
    log('end');
  },
};

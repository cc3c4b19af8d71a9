/** Timers: order, clearing, refreshing, arguments. */
import { promisify } from 'node:util';

/** @typedef {import('../program.d.ts').Program} Program */

/** @type {Record<string, Program>} */
export const timers = {
  'a delay of 0 is one of 1, and the first made fires first': (log) => {
    setTimeout(() => log('1 ms'), 1);
    setTimeout(() => log('0 ms'), 0);
    setTimeout(() => log('no delay'));
    setTimeout(() => log('another 1 ms'), 1);
  },

  'what is no delay is 1 ms': (log) => {
    setTimeout(() => log('1'), 1);
    setTimeout(() => log('NaN'), NaN);
    setTimeout(() => log('-5'), -5);
    setTimeout(() => log('string'), /** @type {any} */ ('x'));
    setTimeout(() => log('null'), /** @type {any} */ (null));
    setTimeout(() => log('2^31'), 2 ** 31);
    setTimeout(() => log('Infinity'), Infinity);
    setTimeout(() => log('0.9'), 0.9);
  },

  'delays that cannot be numbers are refused': (log) => {
    for (const delay of [Symbol('5'), 5n]) {
      for (const set of [setTimeout, setInterval]) {
        try {
          set(() => log('fired'), /** @type {any} */ (delay));
          log('accepted');
        } catch (error) {
          log(`${/** @type {Error} */ (error).name}`);
        }
      }
    }
  },

  'fractions of a millisecond are dropped': (log) => {
    setTimeout(() => log('4.9'), 4.9);
    setTimeout(() => log('4'), 4);
    setTimeout(() => log('4.1'), 4.1);
    setTimeout(() => log('5'), 5);
  },

  'the shorter delay fires first, whatever the order of making': (log) => {
    for (const ms of [30, 10, 20, 5, 15]) setTimeout(() => log(`${ms}`), ms);
  },

  'timers made by timers': (log) => {
    setTimeout(() => {
      log('outer');
      setTimeout(() => log('inner 0'), 0);
      setTimeout(() => log('inner 10'), 10);
    }, 5);
    setTimeout(() => log('40'), 40);
  },

  'microtasks and ticks run between two timers that are due together': (log) => {
    for (const name of ['a', 'b', 'c']) {
      setTimeout(() => {
        log(`timer ${name}`);
        void Promise.resolve().then(() => log(`microtask ${name}`));
        process.nextTick(() => log(`tick ${name}`));
      }, 5);
    }
  },

  'a timer clears one that is due together with it': (log) => {
    setTimeout(() => {
      log('first');
      clearTimeout(second);
    }, 5);
    const second = setTimeout(() => log('second'), 5);
    setTimeout(() => log('third'), 5);
  },

  'timers are cleared by object, number, text, and the other kind’s function': (log) => {
    const made = [1, 2, 3, 4, 5].map((n) => setTimeout(() => log(`timer ${n}`), 5));
    const interval = setInterval(() => log('interval'), 5);
    clearTimeout(made[0]);
    clearTimeout(+(/** @type {any} */ (made[1])));
    clearTimeout(`${+(/** @type {any} */ (made[2]))}`);
    clearInterval(made[3]);
    clearTimeout(interval);
  },

  'clearing nonsense does nothing': (log) => {
    for (const nonsense of [undefined, null, {}, 'x', -1, NaN]) {
      clearTimeout(/** @type {any} */ (nonsense));
      clearInterval(/** @type {any} */ (nonsense));
      clearImmediate(/** @type {any} */ (nonsense));
    }
    log('nothing thrown');
  },

  'callbacks get their arguments, and the timer as this': (log) => {
    const timer = setTimeout(
      /** @this {unknown} @param {unknown[]} args */
      function (...args) {
        log(`${args.join(' ')} ${this === timer}`);
      },
      1,
      'a',
      2,
      null,
    );
  },

  'callbacks that are no functions are refused': (log) => {
    for (const set of [setTimeout, setInterval, setImmediate]) {
      try {
        /** @type {any} */ (set)('code');
      } catch (error) {
        log(`${/** @type {any} */ (error).code}: ${/** @type {Error} */ (error).message}`);
      }
    }
  },

  'refresh puts a timer behind those of its delay': (log) => {
    const first = setTimeout(() => log('first'), 10);
    setTimeout(() => log('second'), 10);
    first.refresh();
  },

  'refresh counts from now': (log) => {
    const timer = setTimeout(() => log('refreshed'), 30);
    setTimeout(() => timer.refresh(), 20);
    setTimeout(() => log('40'), 40);
    setTimeout(() => log('60'), 60);
  },

  'refresh makes a timer fire once more': (log) => {
    let fired = 0;
    const timer = setTimeout(() => {
      log(`fired ${++fired}`);
      if (fired < 3) timer.refresh();
    }, 5);
    setTimeout(() => log('between'), 8);
    setTimeout(() => {
      log('again');
      timer.refresh();
    }, 40);
  },

  'refresh does nothing to a timer that was cleared': (log) => {
    const timer = setTimeout(() => log('never'), 5);
    clearTimeout(timer);
    log(`${timer.refresh() === timer}`);
  },

  'what a timer says of itself when it is cleared': (log) => {
    const fields = (/** @type {any} */ timer) => log(`${timer._idleTimeout} ${timer._repeat} ${timer._destroyed}`);
    for (const timer of [setTimeout(() => {}, 5), setInterval(() => {}, 5)]) {
      fields(timer);
      clearTimeout(timer);
      fields(timer);
    }
  },

  'what a timer says of itself when it fires': (log) => {
    const say = (/** @type {any} */ timer) => log(`${timer._destroyed} ${timer._idleTimeout}`);
    const timer = setTimeout(() => {
      say(timer);
      queueMicrotask(() => say(timer));
      timer.unref();
    }, 5);
    const interval = setInterval(() => {
      say(interval);
      clearInterval(interval);
      say(interval);
    }, 20);
  },

  'what a timer says of itself can be set': (log) => {
    const fields = (/** @type {any} */ timer) => `${timer._idleTimeout} ${timer._repeat} ${timer._destroyed}`;
    let fired = 0;
    const slower = /** @type {any} */ (
      setInterval(() => {
        log(`slower ${++fired}: ${fields(slower)}`);
        if (fired === 3) clearInterval(slower);
      }, 20)
    );
    slower._repeat = 60;
    const once = /** @type {any} */ (setInterval(() => log(`once: ${fields(once)}`), 10));
    once._repeat = null;
    let repeated = 0;
    const repeats = /** @type {any} */ (
      setTimeout(() => {
        log(`repeats: ${fields(repeats)}`);
        if (++repeated === 2) clearTimeout(repeats);
      }, 40)
    );
    repeats._repeat = 80;
    const later = /** @type {any} */ (setTimeout(() => log(`later: ${fields(later)}`), 5));
    later._idleTimeout = 100;
    later.refresh();
    const interval = /** @type {any} */ (
      setInterval(() => {
        log(`interval: ${fields(interval)}`);
        interval._idleTimeout = -1;
      }, 60)
    );
    interval._idleTimeout = 30;
    interval.refresh();
    log([slower, once, repeats, later, interval].map(fields).join(', '));
  },

  'close clears, and so does disposing': (log) => {
    const closed = setTimeout(() => log('never'), 5);
    log(`${closed.close() === closed}`);
    const disposed = setInterval(() => log('never'), 5);
    /** @type {any} */ (disposed)[Symbol.dispose]();
    setTimeout(() => log('end'), 10);
  },

  'ref and unref': (log) => {
    const timer = setTimeout(() => log('referenced again'), 5);
    log(`${timer.hasRef()} ${timer.unref() === timer} ${timer.hasRef()} ${timer.ref().hasRef()}`);
  },

  'a timer without reference does not keep the program': (log) => {
    setTimeout(() => log('never'), 50).unref();
    setInterval(() => log('never either'), 60).unref();
    setTimeout(() => log('last'), 5);
  },

  'a timer without reference fires while something else is left': (log) => {
    setTimeout(() => log('without'), 5).unref();
    setTimeout(() => log('last'), 30);
  },

  'promisify gives the promised form': async (log) => {
    const sleep = promisify(setTimeout);
    log(await sleep(5, 'value'));
    log(await promisify(setImmediate)('immediate'));
  },

  'an exception does not stop the timers behind it': (log, onUncaught) => {
    onUncaught((error) => log(`uncaught ${error.message}`));
    setTimeout(() => log('before'), 5);
    setTimeout(() => {
      throw new Error('expected');
    }, 5);
    setTimeout(() => log('behind'), 5);
    setTimeout(() => log('later'), 20);
  },

  'a chain of timers, and one made before that is longer': (log) => {
    setTimeout(() => log('60 ms'), 60);
    let n = 0;
    const next = () => {
      log(`link ${++n}`);
      if (n < 4) setTimeout(next, 5);
    };
    setTimeout(next, 5);
  },
};

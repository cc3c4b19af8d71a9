/**
 * What virtual time does otherwise, on purpose. After an exception that nobody catches, Node runs the
 * callback behind it before the microtasks and ticks of the one that threw. On a loop these belong to
 * the step that made them.
 */

/** @typedef {import('../program.d.ts').Program} Program */

/** @type {Record<string, Program>} */
export const exceptions = {
  'microtasks of a timer that throws': (log, onUncaught) => {
    onUncaught((error) => log(`uncaught ${error.message}`));
    setTimeout(() => {
      void Promise.resolve().then(() => log('microtask'));
      throw new Error('expected');
    }, 5);
    setTimeout(() => log('behind'), 5);
  },

  'ticks of an immediate that throws': (log, onUncaught) => {
    onUncaught((error) => log(`uncaught ${error.message}`));
    setImmediate(() => {
      process.nextTick(() => log('tick'));
      throw new Error('expected');
    });
    setImmediate(() => log('behind'));
  },
};

/** @type {Record<string, string[]>} */
export const inVirtualTime = {
  'microtasks of a timer that throws': ['uncaught expected', 'microtask', 'behind'],
  'ticks of an immediate that throws': ['uncaught expected', 'tick', 'behind'],
};

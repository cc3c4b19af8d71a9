/** Intervals. */
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {import('../program.d.ts').Program} Program */

/** @type {Record<string, Program>} */
export const intervals = {
  'an interval is cleared by its own callback': (log) => {
    let n = 0;
    const interval = setInterval(() => {
      log(`tick ${++n}`);
      if (n === 3) clearInterval(interval);
    }, 5);
  },

  'an interval is set behind what its callback makes': (log) => {
    let n = 0;
    const interval = setInterval(() => {
      log(`tick ${++n}`);
      if (n === 3) clearInterval(interval);
      else setTimeout(() => log(`made by tick ${n}`), 10);
    }, 10);
  },

  'an interval goes on while what it began awaits': (log) => {
    let n = 0;
    const work = async () => {
      const tick = ++n;
      log(`begin ${tick}`);
      if (n === 3) clearInterval(interval);
      await sleep(25);
      log(`end ${tick}`);
    };
    const interval = setInterval(() => void work(), 10);
  },

  'two intervals of one delay take turns': (log) => {
    let n = 0;
    const a = setInterval(() => log(`a ${++n}`), 5);
    const b = setInterval(() => {
      log(`b ${++n}`);
      if (n < 6) return;
      clearInterval(a);
      clearInterval(b);
    }, 5);
  },

  'an interval that throws goes on': (log, onUncaught) => {
    onUncaught((error) => log(`uncaught ${error.message}`));
    let n = 0;
    const interval = setInterval(() => {
      if (++n === 3) clearInterval(interval);
      throw new Error(`tick ${n}`);
    }, 5);
  },

  'an interval that refreshes itself ticks once a period': (log) => {
    let n = 0;
    const interval = setInterval(() => {
      log(`tick ${++n}`);
      interval.refresh();
      if (n === 3) clearInterval(interval);
    }, 5);
    setTimeout(() => log('end'), 60);
  },

  'microtasks made by an interval run before the next timer': (log) => {
    const interval = setInterval(() => {
      log('tick');
      queueMicrotask(() => log('microtask'));
      clearInterval(interval);
    }, 5);
    setTimeout(() => log('timer'), 5);
  },

  'intervals of 20 and 50 ms': (log) => {
    let n = 0;
    const a = setInterval(() => {
      log('20');
      if (++n === 4) [a, b].forEach((interval) => clearInterval(interval));
    }, 20);
    const b = setInterval(() => log('50'), 50);
  },

  'clearing an interval from a promise': async (log) => {
    const interval = setInterval(() => log('tick'), 20);
    await sleep(70);
    clearInterval(interval);
    await sleep(15);
    log('end');
  },
};

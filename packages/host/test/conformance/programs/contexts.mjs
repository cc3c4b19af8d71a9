/** AsyncLocalStorage, which callbacks inherit from the code that set them. */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { setImmediate as immediate, setInterval as ticks, setTimeout as sleep } from 'node:timers/promises';

/** @typedef {import('../program.d.ts').Program} Program */

/** @type {Record<string, Program>} */
export const contexts = {
  'timers, intervals, immediates and ticks keep the store': (log) => {
    const storage = new AsyncLocalStorage();
    const say = (/** @type {string} */ what) => log(`${what}: ${storage.getStore()}`);
    for (const name of ['a', 'b']) {
      storage.run(name, () => {
        setTimeout(() => say('timer'), 5);
        const interval = setInterval(() => {
          say('interval');
          clearInterval(interval);
        }, 10);
        setImmediate(() => say('immediate'));
        process.nextTick(() => say('tick'));
        queueMicrotask(() => say('microtask'));
      });
    }
    say('main');
  },

  'awaits keep the store': async (log) => {
    const storage = new AsyncLocalStorage();
    const work = async () => {
      await sleep(5);
      log(`sleep ${storage.getStore()}`);
      await immediate();
      log(`immediate ${storage.getStore()}`);
      for await (const _ of ticks(5)) break;
      log(`iterator ${storage.getStore()}`);
    };
    await Promise.all([storage.run(1, work), storage.run(2, work)]);
    log(`main ${storage.getStore()}`);
  },

  'a timer that is refreshed elsewhere keeps its store': (log) => {
    const storage = new AsyncLocalStorage();
    const timer = storage.run('maker', () => setTimeout(() => log(`${storage.getStore()}`), 10));
    setTimeout(() => storage.run('refresher', () => timer.refresh()), 5);
  },

  'a timer that is refreshed when it has fired has the store of who does, but not in its own callback': (log) => {
    const storage = new AsyncLocalStorage();
    let fired = 0;
    const timer = storage.run('maker', () =>
      setTimeout(() => {
        log(`${storage.getStore()}`);
        if (++fired === 1) storage.run('callback', () => timer.refresh());
      }, 5),
    );
    setTimeout(() => storage.run('refresher', () => timer.refresh()), 40);
  },

  'enterWith in a callback ends with it': (log) => {
    const storage = new AsyncLocalStorage();
    setTimeout(() => {
      storage.enterWith('entered');
      queueMicrotask(() => log(`microtask ${storage.getStore()}`));
      setImmediate(() => log(`immediate ${storage.getStore()}`));
    }, 5);
    setTimeout(() => log(`other timer ${storage.getStore()}`), 5);
    setTimeout(() => log(`later timer ${storage.getStore()}`), 20);
  },

  'an interval has the store of its maker at each tick': (log) => {
    const storage = new AsyncLocalStorage();
    let n = 0;
    storage.run('maker', () => {
      const interval = setInterval(() => {
        log(`${storage.getStore()}`);
        storage.enterWith(`tick ${++n}`);
        if (n === 3) clearInterval(interval);
      }, 5);
    });
  },

  'AsyncResource.bind against a timer’s own store': (log) => {
    const storage = new AsyncLocalStorage();
    const bound = storage.run('bound', () => AsyncResource.bind(() => log(`${storage.getStore()}`)));
    storage.run('timer', () => setTimeout(bound, 5));
  },

  'an exception leaves no store behind': (log, onUncaught) => {
    const storage = new AsyncLocalStorage();
    onUncaught((error) => log(`uncaught ${error.message}`));
    storage.run('a', () =>
      setTimeout(() => {
        throw new Error('expected');
      }, 5),
    );
    setTimeout(() => log(`${storage.getStore()}`), 5);
  },
};

import { readFile } from 'node:fs';
import { EventEmitter, once } from 'node:events';

const listen = (log, event) => process.on(event, (error, more) => log(`${event} ${said(error)} ${origin(more)}`));
const said = (error) => (error instanceof Error ? (error.code ?? error.message) : String(error));
const origin = (more) => (more instanceof Promise ? 'promise' : String(more));
const throws = (message) => () => {
  throw new Error(message);
};
const later = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms));
const turn = () => new Promise((resolve) => setImmediate(resolve));
const file = (callback) => readFile(new URL(import.meta.url), callback);

export const programs = {
  'hears of a rejection behind ticks and microtasks, before the next callback': async (log) => {
    listen(log, 'unhandledRejection');
    setTimeout(() => {
      void Promise.reject(new Error('a'));
      process.nextTick(() => log('tick'));
      queueMicrotask(() => log('microtask'));
      setImmediate(() => log('immediate'));
    }, 1);
    setTimeout(() => log('timer'), 1);
    await later();
  },
  'hears of a rejection that is handled too late': async (log) => {
    listen(log, 'unhandledRejection');
    const rejected = Promise.reject(new Error('a'));
    process.once('rejectionHandled', (promise) => log(`handled ${promise === rejected}`));
    await turn();
    await rejected.catch(() => log('caught'));
    await later();
  },
  'listens once': async (log) => {
    process.once('unhandledRejection', (error) => log(said(error)));
    void Promise.reject(new Error('a'));
    await turn();
    void Promise.reject(new Error('b'));
    await later();
  },
  'listens for exceptions only': async (log) => {
    listen(log, 'uncaughtException');
    listen(log, 'uncaughtExceptionMonitor');
    void Promise.reject(new Error('a'));
    void Promise.reject('text');
    await turn();
    log('goes on');
    await later();
    process.removeAllListeners('uncaughtExceptionMonitor');
  },
  'throws in a listener of rejections': async (log) => {
    process.on('unhandledRejection', throws('b'));
    listen(log, 'uncaughtException');
    void Promise.reject(new Error('a'));
    await later();
  },
  'throws in a listener of rejections, and hears nothing': async (log) => {
    process.on('unhandledRejection', throws('b'));
    void Promise.reject(new Error('a'));
    await later();
    log('not reached');
  },
  'throws in a listener of exceptions': async (log) => {
    process.on('uncaughtException', throws('b'));
    process.nextTick(throws('a'));
    await later();
    log('not reached');
  },
  'hears of exceptions of timers, immediates, ticks, microtasks and emitters': async (log) => {
    listen(log, 'uncaughtException');
    const begin = [
      () => setTimeout(throws('timer'), 1),
      () => setImmediate(throws('immediate')),
      () => process.nextTick(throws('tick')),
      () => queueMicrotask(throws('microtask')),
      () => setImmediate(() => new EventEmitter().emit('error', new Error('emitted'))),
    ];
    for (const one of begin) {
      one();
      await later();
    }
    log('goes on');
  },
  'hears of an exception before the microtasks of the callback that threw': async (log) => {
    listen(log, 'uncaughtException');
    setTimeout(() => {
      queueMicrotask(() => log('microtask'));
      throw new Error('a');
    }, 1);
    await later();
  },
  'has an interval that throws': async (log) => {
    listen(log, 'uncaughtException');
    let count = 0;
    const interval = setInterval(() => {
      if (++count === 3) clearInterval(interval);
      throw new Error(`tick ${count}`);
    }, 1);
    await later(10);
  },
  'catches exceptions with the callback of the process': async (log) => {
    process.setUncaughtExceptionCaptureCallback((error) => log(`captured ${said(error)}`));
    void Promise.reject(new Error('a'));
    await turn();
    setTimeout(throws('b'), 1);
    await later();
    process.nextTick(throws('c'));
    await later();
    process.setUncaughtExceptionCaptureCallback(null);
  },
  'finds no listeners but its own': async (log) => {
    const count = () =>
      log(`${process.listenerCount('unhandledRejection')} ${process.listeners('uncaughtException').length}`);
    count();
    listen(log, 'uncaughtException');
    count();
    process.removeAllListeners('uncaughtException');
    void Promise.reject(new Error('a'));
    await later();
    log('not reached');
  },
  'stops listening too early': async (log) => {
    const listener = () => log('heard');
    process.on('unhandledRejection', listener);
    void Promise.reject(new Error('a'));
    await turn();
    process.off('unhandledRejection', listener);
    void Promise.reject(new Error('b'));
    await later();
    log('not reached');
  },
  'listens for something from itself': async (log) => {
    const heard = once(process, 'unhandledRejection');
    void Promise.reject(new Error('a'));
    const [error] = await heard;
    log(said(error));
  },
  'hears of what callbacks of real files do': async (log) => {
    listen(log, 'unhandledRejection');
    listen(log, 'uncaughtException');
    await new Promise((resolve) =>
      file(() => {
        void Promise.reject(new Error('a'));
        resolve();
      }),
    );
    await turn();
    file(throws('b'));
    await new Promise((resolve) => file(() => file(resolve)));
    await later();
  },
  'throws in a callback of a real file': async (log) => {
    file(throws('a'));
    await new Promise((resolve) => file(() => file(resolve)));
    await later();
    log('not reached');
  },
  'rejects in a callback of a real file': async (log) => {
    file(() => Promise.reject(new Error('a')));
    await new Promise((resolve) => file(() => file(resolve)));
    await later();
    log('not reached');
  },
};

/** Streams fed by timers. */
import { EventEmitter, once } from 'node:events';
import { PassThrough, Readable, Transform, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {import('../program.d.ts').Program} Program */

/** A transform that takes its time. */
const delaying = (/** @type {number} */ ms) =>
  new Transform({
    objectMode: true,
    transform(chunk, _, done) {
      setTimeout(() => done(null, `${chunk}`), ms);
    },
  });

/** @type {Record<string, Program>} */
export const streams = {
  'a readable of an async generator': async (log) => {
    async function* lines() {
      for (const line of ['a', 'b', 'c']) {
        await sleep(5);
        yield line;
      }
    }
    const readable = Readable.from(lines());
    readable.on('data', (line) => log(`data ${line}`));
    readable.on('end', () => log('end'));
    await finished(readable);
    log('finished');
  },

  'a pipeline of delays': async (log) => {
    const sink = new Writable({
      objectMode: true,
      write(chunk, _, done) {
        log(`write ${chunk}`);
        setTimeout(done, 10);
      },
      final(done) {
        log('final');
        setImmediate(done);
      },
    });
    await pipeline(Readable.from(['a', 'b', 'c']), delaying(5), delaying(3), sink);
    log('done');
  },

  'a pipeline is aborted by AbortSignal.timeout': async (log) => {
    async function* endless() {
      for (let n = 0; ; n++) {
        await sleep(20);
        yield `${n}`;
      }
    }
    const sink = new PassThrough({ objectMode: true });
    sink.on('data', (chunk) => log(`data ${chunk}`));
    const source = Readable.from(endless());
    await pipeline(source, sink, { signal: AbortSignal.timeout(70) }).catch((error) => log(error.code));
    await sleep(30);
    log(`${source.destroyed} ${sink.destroyed}`);
  },

  backpressure: async (log) => {
    const slow = new Writable({
      highWaterMark: 2,
      objectMode: true,
      write(chunk, _, done) {
        setTimeout(() => {
          log(`written ${chunk}`);
          done();
        }, 5);
      },
    });
    for (let n = 0; n < 4; n++) {
      if (slow.write(n)) continue;
      log(`full at ${n}`);
      await once(slow, 'drain');
    }
    slow.end();
    await finished(slow);
    log('finished');
  },

  'an emitter that emits from timers and immediates': (log) => {
    const emitter = new EventEmitter();
    emitter.on('event', (name) => log(name));
    setTimeout(() => emitter.emit('event', 'timer'), 5);
    setImmediate(() => emitter.emit('event', 'immediate'));
    process.nextTick(() => emitter.emit('event', 'tick'));
    emitter.emit('event', 'now');
  },

  'a readable that is pushed to by an interval': async (log) => {
    let n = 0;
    const readable = new Readable({ objectMode: true, read() {} });
    const interval = setInterval(() => {
      readable.push(++n);
      if (n < 3) return;
      clearInterval(interval);
      readable.push(null);
    }, 5);
    for await (const value of readable) log(`${value}`);
    log('end');
  },

  'web streams': async (log) => {
    const stream = new ReadableStream({
      async pull(controller) {
        await sleep(5);
        controller.enqueue('chunk');
        if (++pulls === 3) controller.close();
      },
    });
    let pulls = 0;
    for await (const chunk of stream) log(`${chunk} ${pulls}`);
    log('end');
  },

  'destroying a stream while it waits': async (log) => {
    const readable = new Readable({
      read() {
        setTimeout(() => this.push('late'), 20);
      },
    });
    readable.on('close', () => log('close'));
    readable.on('error', (error) => log(`error ${error.message}`));
    readable.on('data', (chunk) => log(`data ${chunk}`));
    setTimeout(() => readable.destroy(new Error('expected')), 5);
  },
};

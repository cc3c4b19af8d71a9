import { stat } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { MessageChannel, Worker, type WorkerOptions } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { statementOf, ThreadState } from '../../src/io/thread-memory.ts';
import { pause, withHost } from './helpers.ts';

const inWorker = `
  const { parentPort, receiveMessageOnPort, workerData } = require('node:worker_threads');
  const noProcessorFor = (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
`;
const start = (code: string, options?: WorkerOptions): Worker =>
  new Worker(inWorker + code, { eval: true, ...options });
const heard = (event: string, worker: Worker): Promise<unknown> =>
  new Promise((resolve) => void worker.once(event, resolve));
const next = (worker: Worker): Promise<unknown> => heard('message', worker);
const beforeTimer = (promise: Promise<unknown>): Promise<unknown> =>
  Promise.race([promise, pause(60_000).then(() => 'timer')]);
const ask = (worker: Worker): void => worker.postMessage('question', []);

/** The host's own, which takes nothing on a virtual clock. */
const { wait: waitForReal } = Atomics;

/** Lets this thread do nothing at all until the worker waits for messages only, as if others had the processor. */
function sleepUntilIdle(worker: Worker): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let ms = 0; statementOf(worker.threadId).state !== ThreadState.idleReal; ms++) {
    if (ms === 4000) throw new Error('the worker never says that it waits for messages');
    waitForReal(cell, 0, 0, 1);
  }
}

/** Whoever waits for what never comes hangs. */
const patient = { io: { patienceMs: Infinity, quietMs: 5 } };

describe('On a busy machine a worker', { tags: ['host'] }, () => {
  it('holds the clock although it gets no processor, also when it has answered before', async () => {
    const answers = await withHost(async () => {
      const worker = start("parentPort.postMessage('first'); noProcessorFor(300); parentPort.postMessage('second')");
      return [await beforeTimer(next(worker)), await beforeTimer(next(worker))];
    }, patient);
    expect(answers).toEqual(['first', 'second']);
  });

  it('holds it after its answer for as long as it works if nothing else is left, so that there is no deadlock', async () => {
    const codes = await withHost(async () => {
      const worker = start("parentPort.postMessage('answer'); setTimeout(process.exit, 100, 3)");
      await next(worker);
      return Promise.race([heard('exit', worker), new Promise(() => {})]);
    }, patient);
    expect(codes).toBe(3);
  });

  it('holds it no more than others do once there is a timer', async () => {
    const time = await withHost(async (loop) => {
      const worker = start("parentPort.postMessage('answer'); setTimeout(() => {}, 1e6)");
      await next(worker);
      await stat('.');
      await turn();
      await pause(1000);
      const time = loop.time();
      await worker.terminate();
      return time;
    }, patient);
    expect(time).toBe(1000);
  });

  it('holds it while it begins late', async () => {
    const answer = await withHost(async () => {
      const worker = start("noProcessorFor(100); parentPort.postMessage('ready')");
      return beforeTimer(next(worker));
    }, patient);
    expect(answer).toBe('ready');
  });

  it.each([
    ['begun', 'work()', () => {}],
    ['been asked', '', ask],
  ])(
    'that sleeps again before we look is heard first, when it has %s',
    async (_, code, askIt: (of: Worker) => void) => {
      const result = await withHost(async (loop) => {
        const worker = start(`
        const work = () => {
          parentPort.postMessage('first');
          noProcessorFor(20);
          parentPort.postMessage('second');
        };
        parentPort.on('message', work);
        ${code}
      `);
        askIt(worker);
        const answers = [await beforeTimer(next(worker))];
        const second = next(worker);
        sleepUntilIdle(worker);
        answers.push(await beforeTimer(second));
        const time = loop.time();
        await worker.terminate();
        return [...answers, time];
      }, patient);
      expect(result).toEqual(['first', 'second', 0]);
    },
  );

  it('is waited for that another one has asked, when both answer late', async () => {
    const answer = await withHost(async () => {
      const asks = start("parentPort.once('message', (port) => { noProcessorFor(50); port.postMessage('question'); })");
      const answers = start(
        "parentPort.once('message', (port) => port.on('message', () => { noProcessorFor(50); parentPort.postMessage('answer'); }))",
      );
      const { port1, port2 } = new MessageChannel();
      answers.postMessage(port1, [port1]);
      await pause(5);
      asks.postMessage(port2, [port2]);
      const first = await beforeTimer(next(answers));
      await Promise.all([asks.terminate(), answers.terminate()]);
      return first;
    }, patient);
    expect(answer).toBe('answer');
  });

  it('is waited for until it has ended, also when its program fails late or is terminated', async () => {
    const ends = await withHost(async () => {
      const failing = start("parentPort.on('message', () => { noProcessorFor(50); throw new Error('late'); })");
      await pause(5);
      ask(failing);
      const error = await beforeTimer(heard('error', failing));
      const working = start("parentPort.postMessage('ready'); noProcessorFor(1e9)");
      await next(working);
      const exit = heard('exit', working);
      void working.terminate();
      return [String(error), await beforeTimer(exit)];
    }, patient);
    expect(ends).toEqual(['Error: late', 1]);
  });
});

/** As workers of pools do it: blocked between their tasks, which they take from a port themselves. */
const pooled = `
  const { cell, port } = workerData;
  for (let count = 0; ; count = Atomics.load(cell, 0)) {
    Atomics.wait(cell, 0, count);
    for (let task; (task = receiveMessageOnPort(port)) !== undefined; ) {
      noProcessorFor(50);
      port.postMessage('answer to ' + task.message);
    }
  }
`;

describe('A worker that waits in Atomics.wait', { tags: ['host'] }, () => {
  it('holds the clock from the moment that it is woken until it waits again', async () => {
    const result = await withHost(async (loop) => {
      const cell = new Int32Array(new SharedArrayBuffer(4));
      const { port1, port2 } = new MessageChannel();
      const worker = start(pooled, { workerData: { cell, port: port2 }, transferList: [port2] });
      const answers: unknown[] = [];
      for (let i = 0; i < 3; i++) {
        await pause(1000);
        const answer = new Promise((resolve) => void port1.once('message', resolve));
        port1.postMessage(i);
        Atomics.add(cell, 0, 1);
        Atomics.notify(cell, 0);
        answers.push(await beforeTimer(answer));
      }
      const time = loop.time();
      port1.close();
      await worker.terminate();
      return [...answers, time];
    }, patient);
    expect(result).toEqual(['answer to 0', 'answer to 1', 'answer to 2', 3000]);
  });

  it('does not hold it once another one has woken who waits by Atomics.waitAsync', async () => {
    const time = await withHost(async (loop) => {
      const cells = new Int32Array(new SharedArrayBuffer(8));
      const blocked = start("parentPort.postMessage('waits'); Atomics.wait(workerData, 0, 0)", { workerData: cells });
      await next(blocked);
      const woken = Atomics.waitAsync(cells, 1, 0).value;
      const ended = heard('exit', start('while (Atomics.notify(workerData, 1) === 0);', { workerData: cells }));
      expect(await woken).toBe('ok');
      await ended;
      await pause(30_000);
      await blocked.terminate();
      return loop.time();
    }, patient);
    expect(time).toBe(30_000);
  });

  it('holds it again when it was set aside and is woken', async () => {
    const cell = new SharedArrayBuffer(4);
    const warning = new Promise<Error>((resolve) => process.once('warning', resolve));
    const answer = await withHost(
      async () => {
        // Its own worker might wake it, so that nothing tells that it will not go on.
        const blocked = start(
          `
            const code = 'setInterval(() => {}, 1e6)';
            new (require('node:worker_threads').Worker)(code, { eval: true });
            parentPort.postMessage('waits');
            Atomics.wait(workerData, 0, 0);
            noProcessorFor(50);
            parentPort.postMessage('answer');
          `,
          { workerData: new Int32Array(cell) },
        );
        await next(blocked);
        await pause(30_000);
        Atomics.notify(new Int32Array(cell), 0);
        const answer = await beforeTimer(next(blocked));
        await blocked.terminate();
        return answer;
      },
      { io: { patienceMs: 1000 } },
    );
    expect(answer).toBe('answer');
    expect((await warning).message).toContain('gave no sign of life for 1000 ms');
  });

  it('holds it while it waits for a worker of its own', async () => {
    const answer = await withHost(async () => {
      const worker = start(`
        const cell = new Int32Array(new SharedArrayBuffer(4));
        const code = "setTimeout(() => Atomics.notify(require('node:worker_threads').workerData, 0), 100)";
        new (require('node:worker_threads').Worker)(code, { eval: true, workerData: cell });
        Atomics.wait(cell, 0, 0);
        parentPort.postMessage('answer');
      `);
      return beforeTimer(next(worker));
    }, patient);
    expect(answer).toBe('answer');
  });
});

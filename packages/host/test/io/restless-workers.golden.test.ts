import { BroadcastChannel, MessageChannel, MessagePort, Worker } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { beforeTimeout, pause, withHost } from './helpers.ts';

// On a busy machine workers take their time to begin.
vi.setConfig({ testTimeout: 60_000 });

const patient = { io: { patienceMs: Infinity } };

/** It keeps a worker from being idle, and never runs: on a busy machine it could be awake at each look. */
const restless = 'setInterval(() => {}, 1e6);';

const next = (port: Worker | MessagePort): Promise<unknown> =>
  beforeTimeout(new Promise((resolve) => void (port as Worker).once('message', resolve)));

/** A worker that begins with `start`, and does `work` with each task that comes through the port. */
async function startWorker(start: string, work: string): Promise<{ worker: Worker; port: MessagePort }> {
  const code = `
    const { parentPort } = require('node:worker_threads');
    parentPort.once('message', (port) => {
      parentPort.postMessage('ready');
      port.on('message', (task) => { ${work} });
    });
    ${start}
  `;
  const worker = new Worker(code, { eval: true, stdout: true });
  worker.stdout.resume();
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port2, [port2]);
  await next(worker);
  return { worker, port: port1 };
}

const doubles = 'port.postMessage(2 * task);';

async function ask(port: MessagePort, task: unknown): Promise<unknown> {
  port.postMessage(task);
  return next(port);
}

describe('A worker that is never idle lets time pass', () => {
  it('when it has answered by a port', async () => {
    const seen = await withHost(async (loop) => {
      const { worker, port } = await startWorker(restless, `${doubles} console.log(task);`);
      const answer = await ask(port, 21);
      await pause(30_000);
      await worker.terminate();
      return [answer, loop.time()];
    }, patient);
    expect(seen).toEqual([42, 30_000]);
  });

  it('when it had answered before the sending was over', async () => {
    const { postMessage } = MessagePort.prototype;
    const { wait } = Atomics;
    // As on a busy machine, where a thread may lose the processor at any place.
    MessagePort.prototype.postMessage = function (this: MessagePort, ...args: Parameters<typeof postMessage>): void {
      Reflect.apply(postMessage, this, args);
      const [task] = args as unknown[];
      if (task instanceof Int32Array) wait(task, 0, 0);
    };
    try {
      const seen = await withHost(async (loop) => {
        const work = "port.postMessage('done'); Atomics.store(task, 0, 1); Atomics.notify(task, 0);";
        const { worker, port } = await startWorker(restless, work);
        const answer = await ask(port, new Int32Array(new SharedArrayBuffer(4)));
        await pause(30_000);
        await worker.terminate();
        return [answer, loop.time()];
      }, patient);
      expect(seen).toEqual(['done', 30_000]);
    } finally {
      MessagePort.prototype.postMessage = postMessage;
    }
  });

  it('when it was idle until its first task', async () => {
    const seen = await withHost(async (loop) => {
      const { worker, port } = await startWorker('', `${restless} ${doubles}`);
      await pause(30_000);
      const answer = await ask(port, 21);
      await pause(30_000);
      await worker.terminate();
      return [answer, loop.time()];
    }, patient);
    expect(seen).toEqual([42, 60_000]);
  });

  it('when another worker was asked', async () => {
    const seen = await withHost(async (loop) => {
      const { worker, port } = await startWorker(restless, doubles);
      const other = await startWorker(restless, doubles);
      const answer = await ask(port, 21);
      await pause(30_000);
      await worker.terminate();
      await other.worker.terminate();
      return [answer, loop.time()];
    }, patient);
    expect(seen).toEqual([42, 30_000]);
  });

  it('when another worker was given its port at the start', async () => {
    const seen = await withHost(async (loop) => {
      const { worker } = await startWorker(restless, doubles);
      const { port1, port2 } = new MessageChannel();
      const code = `
        const { workerData: port } = require('node:worker_threads');
        port.on('message', (task) => { ${doubles} });
        ${restless}
      `;
      const other = new Worker(code, { eval: true, workerData: port2, transferList: [port2] });
      const answer = await ask(port1, 21);
      await pause(30_000);
      await worker.terminate();
      await other.terminate();
      return [answer, loop.time()];
    }, patient);
    expect(seen).toEqual([42, 30_000]);
  });

  it('when it has answered only by the port that it was sent', async () => {
    const seen = await withHost(async (loop) => {
      const code = `
        const { parentPort } = require('node:worker_threads');
        parentPort.once('message', ({ port, task }) => { ${doubles} });
        ${restless}
      `;
      const worker = new Worker(code, { eval: true });
      const { port1, port2 } = new MessageChannel();
      worker.postMessage({ port: port2, task: 21 }, [port2]);
      const answer = await next(port1);
      await pause(30_000);
      await worker.terminate();
      return [answer, loop.time()];
    }, patient);
    expect(seen).toEqual([42, 30_000]);
  });

  it('when it was given a port by which nothing could be sent', async () => {
    const seen = await withHost(async (loop) => {
      const { worker, port } = await startWorker(restless, "port.postMessage('taken');");
      const { port1, port2 } = new MessageChannel();
      expect(() => port1.postMessage(() => {})).toThrow('could not be cloned');
      port.postMessage(port2, [port2]);
      const answer = await next(port);
      await pause(30_000);
      await worker.terminate();
      return [answer, loop.time()];
    }, patient);
    expect(seen).toEqual(['taken', 30_000]);
  });

  it('when its thread sends messages to itself, and closes the port', async () => {
    const seen = await withHost(async (loop) => {
      const { worker } = await startWorker(restless, doubles);
      const { port1, port2 } = new MessageChannel();
      port1.postMessage('to myself');
      const message = await next(port2);
      port1.close();
      await pause(30_000);
      await worker.terminate();
      return [message, loop.time()];
    }, patient);
    expect(seen).toEqual(['to myself', 30_000]);
  });

  it('when something is broadcast that it does not listen to', async () => {
    const seen = await withHost(async (loop) => {
      const { worker } = await startWorker(restless, doubles);
      const channel = new BroadcastChannel('news');
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
      channel.postMessage('nobody listens');
      await pause(30_000);
      channel.close();
      await worker.terminate();
      return loop.time();
    }, patient);
    expect(seen).toBe(30_000);
  });

  it('on the next clock as well', async () => {
    const times: number[] = [];
    const { worker, port } = await withHost(async (loop) => {
      const started = await startWorker(restless, doubles);
      await ask(started.port, 1);
      await pause(30_000);
      times.push(loop.time());
      return started;
    }, patient);
    const answer = await withHost(async (loop) => {
      await pause(30_000);
      times.push(loop.time());
      return ask(port, 21);
    }, patient);
    await worker.terminate();
    expect([answer, times]).toEqual([42, [30_000, 30_000]]);
  });
});

describe('A worker that is never idle holds the clock', () => {
  // Longer than what passes for a worker that has nothing to do.
  const sleepsAndDoubles = `setTimeout(() => { ${doubles} }, 100);`;

  it('until it has answered by a port', async () => {
    const answer = await withHost(async () => {
      const { worker, port } = await startWorker(restless, sleepsAndDoubles);
      const answer = await ask(port, 21);
      await worker.terminate();
      return answer;
    }, patient);
    expect(answer).toBe(42);
  });

  it('by a port that came to its other end through structuredClone', async () => {
    const answer = await withHost(async () => {
      const { port1, port2 } = new MessageChannel();
      const moved = structuredClone(port2, { transfer: [port2] });
      const listens = `{ const port = task; port.on('message', (task) => { ${sleepsAndDoubles} }); }`;
      const { worker, port } = await startWorker(restless, listens);
      port.postMessage(moved, [moved]);
      const answer = await ask(port1, 21);
      await worker.terminate();
      return answer;
    }, patient);
    expect(answer).toBe(42);
  });

  it('when it listens to what is broadcast', async () => {
    const answer = await withHost(async () => {
      const listens = `
        const { BroadcastChannel } = require('node:worker_threads');
        const news = new BroadcastChannel('questions');
        news.onmessage = ({ data }) => setTimeout(() => news.postMessage(2 * data), 100);
      `;
      const { worker } = await startWorker(`${restless} ${listens}`, doubles);
      const channel = new BroadcastChannel('questions');
      const answer = new Promise((resolve) => (channel.onmessage = (event) => resolve((event as MessageEvent).data)));
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
      channel.postMessage(21);
      const answered = await beforeTimeout(answer);
      channel.close();
      await worker.terminate();
      return answered;
    }, patient);
    expect(answer).toBe(42);
  });
});

import { BroadcastChannel, MessageChannel, MessagePort, Worker, type WorkerOptions } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { beforeTimeout, pause, withHost } from './helpers.ts';

// On a busy machine workers take their time to begin.
vi.setConfig({ testTimeout: 60_000 });

/** Whoever waits for what never comes hangs. */
const patient = { io: { patienceMs: Infinity } };

/** It keeps a worker from being idle. */
const restless = 'setInterval(() => {}, 1e6);';

const start = (code: string, options?: WorkerOptions): Worker =>
  new Worker(
    `const { BroadcastChannel, MessageChannel, parentPort, workerData } = require('node:worker_threads'); ${code}`,
    {
      eval: true,
      ...options,
    },
  );

const next = (port: Worker | MessagePort): Promise<unknown> =>
  beforeTimeout(new Promise((resolve) => void (port as Worker).once('message', resolve)));

/** Longer than what passes for a worker that has nothing to do. */
const doublesLate = (port: string): string =>
  `${port}.on('message', (n) => setTimeout(() => ${port}.postMessage(2 * n), 100));`;

async function ask(port: MessagePort, task: number): Promise<unknown> {
  port.postMessage(task);
  return next(port);
}

describe('The clock waits for a worker', { tags: ['host'] }, () => {
  it.each([
    ['is idle otherwise', ''],
    ['is never idle', restless],
  ])('that was sent a port by another one, and %s', async (_, code) => {
    const answers = await withHost(async () => {
      const relay = start(
        "parentPort.on('message', ({ to, port }) => { to.postMessage(port, [port]); parentPort.postMessage(0); })",
      );
      const listener = start(`
        parentPort.once('message', (link) => {
          link.on('message', (port) => { ${doublesLate('port')} });
          parentPort.postMessage('ready');
        });
        ${code}
      `);
      const link = new MessageChannel();
      const ready = next(listener);
      listener.postMessage(link.port2, [link.port2]);
      await ready;
      const { port1, port2 } = new MessageChannel();
      const sent = next(relay);
      relay.postMessage({ to: link.port1, port: port2 }, [link.port1, port2]);
      await sent;
      await pause(1000);
      const answers = [await ask(port1, 1), await ask(port1, 2)];
      port1.close();
      await Promise.all([relay.terminate(), listener.terminate()]);
      return answers;
    }, patient);
    expect(answers).toEqual([2, 4]);
  });

  it('that was idle until another one asked it', async () => {
    const answer = await withHost(async () => {
      const asking = start(`
        const channel = new BroadcastChannel('between workers');
        channel.onmessage = ({ data }) => parentPort.postMessage(data);
        parentPort.on('message', (n) => channel.postMessage(n));
        parentPort.postMessage('ready');
      `);
      await next(asking);
      const asked = start(`
        const channel = new BroadcastChannel('between workers');
        channel.onmessage = ({ data }) => setTimeout(() => channel.postMessage(2 * data), 100);
        parentPort.postMessage('ready');
      `);
      await next(asked);
      await pause(1000);
      asking.postMessage(21, []);
      const answer = await next(asking);
      await Promise.all([asking.terminate(), asked.terminate()]);
      return answer;
    }, patient);
    expect(answer).toBe(42);
  });

  it('that answers each broadcast', async () => {
    const answers = await withHost(async () => {
      const worker = start(`
        const channel = new BroadcastChannel('questions');
        channel.onmessage = ({ data }) => setTimeout(() => channel.postMessage(2 * data), 100);
        parentPort.postMessage('ready');
        ${restless}
      `);
      await next(worker);
      const channel = new BroadcastChannel('questions');
      const answers: unknown[] = [];
      for (const question of [1, 2, 3]) {
        const answer = new Promise((resolve) => (channel.onmessage = (event) => resolve((event as MessageEvent).data)));
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
        channel.postMessage(question);
        answers.push(await beforeTimeout(answer));
        await pause(1000);
      }
      channel.close();
      await worker.terminate();
      return answers;
    }, patient);
    expect(answers).toEqual([2, 4, 6]);
  });
});

describe('The clock does not wait for a worker', { tags: ['host'] }, () => {
  it('that has answered by another port than its own, from a timer', async () => {
    const seen = await withHost(async (loop) => {
      const { port1, port2 } = new MessageChannel();
      const code = "parentPort.on('message', (n) => setTimeout(() => workerData.postMessage(2 * n), 100));";
      const worker = start(code, { workerData: port2, transferList: [port2] });
      worker.postMessage(21, []);
      const answer = await next(port1);
      await pause(30_000);
      port1.close();
      await worker.terminate();
      return [answer, loop.time()];
    }, patient);
    expect(seen).toEqual([42, 30_000]);
  });

  it('that has no ports when something is sent to who has made one', async () => {
    const seen = await withHost(async (loop) => {
      const other = start(`parentPort.postMessage('ready'); ${restless}`);
      await next(other);
      const worker = start(`
        const { port1, port2 } = new MessageChannel();
        ${doublesLate('port1')}
        parentPort.postMessage(port2, [port2]);
      `);
      const port = (await next(worker)) as MessagePort;
      const answer = await ask(port, 21);
      await pause(30_000);
      port.close();
      await Promise.all([worker.terminate(), other.terminate()]);
      return [answer, loop.time()];
    }, patient);
    expect(seen).toEqual([42, 30_000]);
  });
});

it('A worker with a worker of its own has sent no port of the program, and owes nothing for what goes elsewhere', async () => {
  // Made before, so that nobody knows who has the other end.
  const { port1, port2 } = new MessageChannel();
  const time = await withHost(async (loop) => {
    const outer = start(`
      const { Worker } = require('node:worker_threads');
      const inner = new Worker("require('node:worker_threads').parentPort.on('message', () => {})", { eval: true });
      inner.once('online', () => parentPort.postMessage('ready'));
    `);
    await next(outer);
    const heard = next(port2);
    port1.postMessage('to this thread');
    await heard;
    await pause(30_000);
    await outer.terminate();
    return loop.time();
  }, patient);
  port1.close();
  expect(time).toBe(30_000);
}, 10_000);

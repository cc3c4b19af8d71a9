import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { beforeTimeout, pause, withHost } from './helpers.ts';

/** Computes for 50 ms of real time and doubles what comes through the port that it is given. */
const doubling = `
  const { parentPort } = require('node:worker_threads');
  parentPort.once('message', (port) => {
    parentPort.postMessage('ready');
    port.on('message', (number) => {
      for (const end = Date.now() + 50; Date.now() < end; );
      port.postMessage(2 * number);
    });
  });
`;

/** As pools do it: the thread is unref'd, and tasks go through a port, which is ref'd while one runs. */
async function startPooled(): Promise<{ worker: Worker; port: MessagePort }> {
  const worker = new Worker(doubling, { eval: true });
  const ready = new Promise((resolve) => worker.once('message', resolve));
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port2, [port2]);
  await ready;
  worker.unref();
  return { worker, port: port1 };
}

const patient = { io: { patienceMs: Infinity } };

describe('A worker of a pool', () => {
  it('holds the clock while its task runs, by the port that is referenced', async () => {
    const answered = await withHost(async (loop) => {
      const { worker, port } = await startPooled();
      const answer = new Promise((resolve) => port.once('message', resolve));
      port.postMessage(21);
      const first = await Promise.race([answer, pause(30_000)]);
      const time = loop.time();
      await worker.terminate();
      return { first, time };
    }, patient);
    expect(answered).toEqual({ first: 42, time: 0 });
  });

  it('does not hold the clock where nothing waits for its answer', async () => {
    const answers: unknown[] = [];
    await withHost(async () => {
      const { worker, port } = await startPooled();
      port.on('message', (answer) => answers.push(answer)).unref();
      port.postMessage(21);
      await pause(30_000);
      // The answer may come while the worker ends.
      port.removeAllListeners('message');
      await worker.terminate();
    }, patient);
    expect(answers).toEqual([]);
  });
});

describe('A message through a port', () => {
  const answerAfter = (work: string): string => `
    const { parentPort } = require('node:worker_threads');
    parentPort.once('message', (port) => {
      parentPort.postMessage('ready');
      port.on('message', (number) => ${work});
    });
  `;
  const next = (port: Worker | MessagePort): Promise<unknown> =>
    beforeTimeout(new Promise((resolve) => void (port as Worker).once('message', resolve)));

  it.each([
    ['computes', '{ for (const end = Date.now() + 30; Date.now() < end; ); port.postMessage(2 * number); }'],
    ['sleeps', 'setTimeout(() => port.postMessage(2 * number), 30)'],
  ])('that was there before its worker holds the clock until it is answered: the worker %s', async (_, work) => {
    const answers = await withHost(async () => {
      const worker = new Worker(answerAfter(work), { eval: true });
      const { port1, port2 } = new MessageChannel();
      port1.postMessage(1);
      worker.postMessage(port2, [port2]);
      const got = [await next(worker), await next(port1)];
      port1.postMessage(2);
      port1.postMessage(3);
      got.push(await next(port1), await next(port1));
      await worker.terminate();
      return got;
    }, patient);
    expect(answers).toEqual(['ready', 2, 4, 6]);
  });

  it('does not hold it when a worker that is never idle has answered', async () => {
    const times = await withHost(async (loop) => {
      const worker = new Worker(
        answerAfter('port.postMessage(2 * number)') + 'setInterval(() => console.log(1), 100);',
        {
          eval: true,
          stdout: true,
        },
      );
      worker.stdout.resume();
      const { port1, port2 } = new MessageChannel();
      worker.postMessage(port2, [port2]);
      await next(worker);
      port1.postMessage(21);
      const answer = await next(port1);
      await pause(30_000);
      await worker.terminate();
      return [answer, loop.time()];
    }, patient);
    expect(times).toEqual([42, 30_000]);
  });
});

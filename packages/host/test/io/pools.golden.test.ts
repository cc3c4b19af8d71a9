import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { pause, withHost } from './helpers.ts';

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
      await worker.terminate();
    }, patient);
    expect(answers).toEqual([]);
  });
});

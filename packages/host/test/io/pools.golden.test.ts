import { spawn, type ChildProcess } from 'node:child_process';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { beforeTimeout, pause, withHost } from './helpers.ts';

// On a busy machine workers and processes take their time to begin.
vi.setConfig({ testTimeout: 60_000 });

/** Does `work` with what comes through the port that it is given. */
const pooled = (work: string): string => `
  const { parentPort } = require('node:worker_threads');
  parentPort.once('message', (port) => {
    parentPort.postMessage('ready');
    port.on('message', (task) => ${work});
  });
`;

/** Computes for 50 ms of real time. */
const doubles = '{ for (const end = Date.now() + 50; Date.now() < end; ); port.postMessage(2 * task); }';

/** Computes until it is told to end. */
const computes = "{ while (Atomics.load(task, 0) === 0); port.postMessage('done'); }";

/** As pools do it: the thread is unref'd, and tasks go through a port, which is ref'd while one runs. */
async function startPooled(work: string): Promise<{ worker: Worker; port: MessagePort }> {
  const worker = new Worker(pooled(work), { eval: true });
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
      const { worker, port } = await startPooled(doubles);
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
    const seen = await withHost(async (loop) => {
      const { worker, port } = await startPooled(computes);
      const answers: unknown[] = [];
      port.on('message', (answer) => answers.push(answer)).unref();
      const end = new Int32Array(new SharedArrayBuffer(4));
      port.postMessage(end);
      await pause(30_000);
      const before = { time: loop.time(), answers: [...answers] };
      Atomics.store(end, 0, 1);
      await worker.terminate();
      return before;
    }, patient);
    expect(seen).toEqual({ time: 30_000, answers: [] });
  });
});

describe('A process of a pool', () => {
  /** As pools do it: the process and its channel are unref'd, and its answers go on through a port, which is ref'd while a task runs. */
  function startProcess(): { child: ChildProcess; port: MessagePort } {
    const doubles = 'process.on("message", (task) => setTimeout(() => process.send(2 * task), 50))';
    const child = spawn(process.execPath, ['-e', doubles], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const { port1, port2 } = new MessageChannel();
    child.on('message', (answer) => port2.postMessage(answer));
    port2.unref();
    child.channel!.unref();
    child.unref();
    return { child, port: port1 };
  }

  it('holds the clock while its task runs, and until its end once it is killed', async () => {
    const seen = await withHost(async (loop) => {
      const { child, port } = startProcess();
      const answer = new Promise((resolve) => port.once('message', resolve));
      child.send(21);
      const first = await beforeTimeout(answer);
      child.kill();
      await beforeTimeout(new Promise((resolve) => child.once('exit', resolve)));
      return { first, time: loop.time() };
    }, patient);
    expect(seen).toEqual({ first: 42, time: 0 });
  });

  it('does not hold the clock where nothing waits for its answer', async () => {
    const time = await withHost(async (loop) => {
      const { child, port } = startProcess();
      port.unref();
      await pause(30_000);
      const time = loop.time();
      child.kill();
      return time;
    }, patient);
    expect(time).toBe(30_000);
  });
});

describe('A message through a port', () => {
  const next = (port: Worker | MessagePort): Promise<unknown> =>
    beforeTimeout(new Promise((resolve) => void (port as Worker).once('message', resolve)));

  it.each([
    ['computes', '{ for (const end = Date.now() + 30; Date.now() < end; ); port.postMessage(2 * task); }'],
    ['sleeps', 'setTimeout(() => port.postMessage(2 * task), 30)'],
  ])('that was there before its worker holds the clock until it is answered: the worker %s', async (_, work) => {
    const answers = await withHost(async () => {
      const worker = new Worker(pooled(work), { eval: true });
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
});

/** A worker that says hello, works, sleeps, reads, and answers; then it waits for more. */
// oxlint-disable unicorn/require-post-message-target-origin -- not a window
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, MessageChannel, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  const { port1, port2 } = new MessageChannel();
  /** @param {import('node:events').EventEmitter | import('node:worker_threads').MessagePort} emitter */
  const next = (emitter) => new Promise((resolve) => emitter.once('message', resolve));
  console.log(await next(worker));
  const giveUp = () => sleep(10_000, 'gave up');
  console.log(await Promise.race([next(worker), giveUp()]));
  worker.postMessage(port2, [port2]);
  // Nothing is answered to this.
  await sleep(3_600_000);
  for (let i = 0; i < 2; i++) {
    port1.postMessage('question');
    console.log(await Promise.race([next(port1), giveUp()]));
  }
  await worker.terminate();
} else {
  const work = async () => {
    for (const end = process.cpuUsage().user + 10_000; process.cpuUsage().user < end;);
    await sleep(60_000);
    for (let i = 0; i < 5; i++) await readFile(new URL(import.meta.url));
  };
  parentPort?.once('message', (port) => port.on('message', () => void work().then(() => port.postMessage('answer'))));
  parentPort?.postMessage('hello');
  await work();
  parentPort?.postMessage('done');
}

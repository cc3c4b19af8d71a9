/** A worker that is called, and calls back by a port that came with the call: as comlink does it. */
// oxlint-disable unicorn/require-post-message-target-origin -- not a window
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, MessageChannel, parentPort, Worker } from 'node:worker_threads';

/**
 * What a port is asked and answers.
 * @param {import('node:worker_threads').MessagePort} port
 * @param {number} value
 * @returns {Promise<number>}
 */
function ask(port, value) {
  return new Promise((resolve) => {
    port.once('message', resolve);
    port.postMessage(value);
  });
}

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  for (let call = 0; call < 40; call++) {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (value) => void Promise.resolve(2 * value).then((doubled) => port1.postMessage(doubled)));
    const answer = new Promise((resolve) => worker.once('message', resolve));
    worker.postMessage({ port: port2, call }, [port2]);
    if ((await answer) !== 2 * call + 1) throw new Error(`call ${call} was answered by another`);
    await sleep(20_000);
  }
  console.log('40 calls');
  await worker.terminate();
} else {
  const answer = async (
    /** @type {{ port: import('node:worker_threads').MessagePort, call: number }} */ { port, call },
  ) => {
    await sleep(30);
    parentPort?.postMessage((await ask(port, call)) + 1);
  };
  parentPort?.on('message', (asked) => void answer(asked));
}

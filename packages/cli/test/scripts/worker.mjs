import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) new Worker(new URL(import.meta.url)).on('message', (text) => console.log(text));
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
else setTimeout((text) => parentPort?.postMessage(text), 3_600_000, 'an hour later');

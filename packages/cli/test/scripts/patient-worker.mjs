/**
 * A worker gives a process that reads its input for ever a second. Its clock waits for that process first, and the
 * main thread, which gives the worker a minute, waits for both.
 */
// oxlint-disable unicorn/require-post-message-target-origin -- not a window
import { spawn } from 'node:child_process';
import process from 'node:process';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  const timeout = setTimeout(() => {
    console.log('the minute is over');
    process.exit();
  }, 60_000);
  worker.once('message', (message) => {
    console.log(message);
    clearTimeout(timeout);
  });
} else {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
  setTimeout(() => child.kill(), 1000);
  child.once('close', () => parentPort?.postMessage('the process was killed'));
}

import { MessageChannel } from 'node:worker_threads';

/** Blocks the thread, as a busy machine does. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

export async function main() {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', (turnsLeft: number) => {
    block(150);
    if (turnsLeft > 0) port2.postMessage(turnsLeft - 1);
    else port1.close();
  });
  port2.postMessage(3);
  console.log('main is done');
}

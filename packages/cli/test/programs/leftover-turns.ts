import { pbkdf2Sync } from 'node:crypto';
import { MessageChannel } from 'node:worker_threads';

/** Keeps the thread from everything else for some tenths of a second, as a busy machine does. */
function compute(): void {
  pbkdf2Sync('password', 'salt', 150_000, 64, 'sha512');
}

export async function main() {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', (turnsLeft: number) => {
    compute();
    if (turnsLeft > 0) port2.postMessage(turnsLeft - 1);
    else port1.close();
  });
  port2.postMessage(3);
  console.log('main is done');
}

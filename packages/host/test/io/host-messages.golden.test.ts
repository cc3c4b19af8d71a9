import { once } from 'node:events';
import { Worker, type MessagePort as NodePort } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { isOfHost } from '../../src/io/host-messages.ts';
import { Patcher } from '../../src/patcher.ts';

type Post = (this: NodePort, message: unknown, ...rest: unknown[]) => void;

it('What Node sends to a worker by itself is told from what the program sends', async () => {
  const sent: unknown[] = [];
  const patcher = new Patcher();
  patcher.replace<Post>(
    MessagePort.prototype,
    'postMessage',
    (original) =>
      function (this: NodePort, ...args) {
        sent.push(args[0]);
        Reflect.apply(original, this, args);
      },
  );
  try {
    const worker = new Worker(
      "require('node:worker_threads').parentPort.once('message', () => process.stdin.resume())",
      { eval: true, stdin: true },
    );
    worker.postMessage('of the program', []);
    worker.stdin!.end('of a stream');
    await once(worker, 'exit');
  } finally {
    patcher.restore();
  }
  expect(sent.length).toBeGreaterThan(2);
  const input = expect.objectContaining({ type: 'stdioPayload', stream: 'stdin' });
  expect(sent.filter((message) => !isOfHost(message))).toEqual(['of the program', input, input]);
});

it.each([null, 'stdioPayload', {}, { type: 'stdio' }, { type: 'loadScripts' }, { type: 7 }])(
  '%j is of a program',
  (message) => expect(isOfHost(message)).toBe(false),
);

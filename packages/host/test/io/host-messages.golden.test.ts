import { once } from 'node:events';
import { MessageChannel, Worker, type MessagePort as NodePort } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { isOfHost, portsOfProgram } from '../../src/io/host-messages.ts';
import { portsIn } from '../../src/io/port-ends.ts';
import { Patcher } from '../../src/patcher.ts';

type Post = (this: NodePort, message: unknown, ...rest: unknown[]) => void;

/** What is posted by any port meanwhile: the arguments. */
async function postedBy(use: () => Promise<unknown>): Promise<unknown[][]> {
  const posted: unknown[][] = [];
  const patcher = new Patcher();
  patcher.replace<Post>(
    MessagePort.prototype,
    'postMessage',
    (original) =>
      function (this: NodePort, ...args) {
        posted.push(args);
        Reflect.apply(original, this, args);
      },
  );
  try {
    await use();
  } finally {
    patcher.restore();
  }
  return posted;
}

it('What Node sends to a worker by itself is told from what the program sends', async () => {
  const posted = await postedBy(async () => {
    const worker = new Worker(
      "require('node:worker_threads').parentPort.once('message', () => process.stdin.resume())",
      { eval: true, stdin: true },
    );
    worker.postMessage('of the program', []);
    worker.stdin!.end('of a stream');
    await once(worker, 'exit');
  });
  expect(posted.length).toBeGreaterThan(2);
  const input = expect.objectContaining({ type: 'stdioPayload', stream: 'stdin' });
  const messages = posted.map(([message]) => message);
  expect(messages.filter((message) => !isOfHost(message))).toEqual(['of the program', input, input]);
});

it('Ports that Node sends to a worker by itself are told from those of the program', async () => {
  const { port1, port2 } = new MessageChannel();
  const posted = await postedBy(async () => {
    const worker = new Worker('', { eval: true, workerData: { port1, port2 }, transferList: [port1, port2] });
    await once(worker, 'exit');
  });
  const ports = posted.map(([message, list]) => [portsIn(list), portsOfProgram(message, portsIn(list))] as const);
  expect(ports.flatMap(([, ofProgram]) => ofProgram)).toEqual([port1, port2]);
  expect(ports.flatMap(([all]) => all).length).toBeGreaterThan(2);
  expect(portsOfProgram({ type: 'of the program', port: port1 }, [port1])).toEqual([port1]);
});

it('What a worker with a worker of its own sends by itself is of Node', async () => {
  const code = `
    const { MessagePort, parentPort, Worker } = require('node:worker_threads');
    const { postMessage } = MessagePort.prototype;
    const seen = [];
    MessagePort.prototype.postMessage = function (message, list) {
      seen.push(message.type);
      Reflect.apply(postMessage, this, [message, list]);
    };
    new Worker('', { eval: true }).on('exit', () => Reflect.apply(postMessage, parentPort, [seen]));
  `;
  const worker = new Worker(code, { eval: true });
  const [[seen]] = (await Promise.all([once(worker, 'message'), once(worker, 'exit')])) as [[string[]], unknown];
  expect(seen.length).toBeGreaterThan(1);
  expect(seen.filter((type) => !isOfHost({ type }))).toEqual([]);
});

it.each([null, 'stdioPayload', {}, { type: 'stdio' }, { type: 'loadScripts' }, { type: 7 }])(
  '%j is of a program',
  (message) => expect(isOfHost(message)).toBe(false),
);

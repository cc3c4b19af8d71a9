import { execFile } from 'node:child_process';
import * as crypto from 'node:crypto';
import dns from 'node:dns';
import { once } from 'node:events';
import fs, { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beatsTimeout, beforeTimeout, pause, withHost } from './helpers.ts';

const echoing = `const { parentPort } = require('node:worker_threads');
parentPort.once('message', (message) => parentPort.postMessage(message));`;

/** In a function of its own: a browser's window would want to know the target's origin. */
const send = (target: Worker | MessagePort, message: unknown): void =>
  Reflect.apply(target.postMessage, target, [message]);

async function askWorker(worker: Worker): Promise<void> {
  send(worker, 'question');
  expect(await once(worker, 'message')).toEqual(['question']);
  await worker.terminate();
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'timeloom-io-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const operations: readonly (readonly [name: string, operation: () => Promise<unknown>])[] = [
  ['fs.readFile', () => promisify(fs.readFile)(import.meta.filename)],
  ['fs/promises readFile', () => readFile(import.meta.filename)],
  ['fs.writeFile', () => promisify(fs.writeFile)(join(folder, 'written'), 'text')],
  ['fs/promises writeFile', () => writeFile(join(folder, 'written'), Buffer.alloc(1_000_000))],
  ['fs.appendFile', () => promisify(fs.appendFile)(join(folder, 'appended'), 'text')],
  ['fs/promises appendFile', () => appendFile(join(folder, 'appended'), 'text')],
  [
    'a FileHandle',
    async () => {
      const handle = await open(join(folder, 'handle'), 'w+');
      await handle.write('text');
      await handle.sync();
      await handle.close();
    },
  ],
  [
    'the waking of Atomics.waitAsync',
    async () => {
      const cell = new Int32Array(new SharedArrayBuffer(4));
      const woken = Atomics.waitAsync(cell, 0, 0).value;
      await pause(5);
      Atomics.notify(cell, 0);
      expect(await woken).toBe('ok');
    },
  ],
  ['the stream of a blob', async () => expect(await text(new Blob(['a', new Blob(['b'])]).stream())).toBe('ab')],
  [
    'the stream of a blob that is a file',
    async () => {
      fs.writeFileSync(join(folder, 'blob'), 'text');
      expect(await text((await fs.openAsBlob(join(folder, 'blob'))).stream())).toBe('text');
    },
  ],
  [
    'the body of a form',
    async () => {
      const form = new FormData();
      form.append('name', new Blob(['value']));
      expect(await new Response(form).text()).toContain('value');
    },
  ],
  [
    'a pipeline of files',
    async () => {
      const [from, to] = [join(folder, 'from'), join(folder, 'to')];
      fs.writeFileSync(from, crypto.randomBytes(300_000));
      await pipeline(createReadStream(from), zlib.createGzip(), zlib.createGunzip(), createWriteStream(to));
      expect(fs.readFileSync(to).equals(fs.readFileSync(from))).toBe(true);
    },
  ],
  [
    'fs.opendir',
    async () => {
      for await (const _ of await fs.promises.opendir(import.meta.dirname));
    },
  ],
  ['dns.lookup', () => promisify(dns.lookup)('localhost')],
  ['dns.promises.lookup', () => dns.promises.lookup('localhost')],
  ['execFile', () => promisify(execFile)(process.execPath, ['-e', 'setTimeout(() => console.log(1), 20)'])],
  ['crypto.pbkdf2', () => promisify(crypto.pbkdf2)('secret', 'salt', 20_000, 32, 'sha256')],
  ['crypto.scrypt', () => promisify(crypto.scrypt)('secret', 'salt', 32)],
  ['crypto.randomBytes', () => promisify(crypto.randomBytes)(16)],
  ['crypto.randomInt', () => promisify<number, number>(crypto.randomInt)(16)],
  ['crypto.generateKeyPair', () => promisify(crypto.generateKeyPair)('ec', { namedCurve: 'P-256' })],
  ['WebCrypto', () => globalThis.crypto.subtle.digest('SHA-256', new Uint8Array(1_000_000))],
  ['zlib.gzip', () => promisify(zlib.gzip)(crypto.randomBytes(300_000))],
  ['zlib.brotliCompress', () => promisify(zlib.brotliCompress)(Buffer.alloc(100_000))],
  ["a worker's message", () => askWorker(new Worker(echoing, { eval: true }))],
  [
    'a MessageChannel',
    async () => {
      const { port1, port2 } = new MessageChannel();
      let echoes = 0;
      port2.on('message', (count) => send(port2, count));
      await new Promise<void>((resolve) => {
        port1.on('message', () => (++echoes === 50 ? resolve() : send(port1, echoes)));
        send(port1, 0);
      });
      port1.close();
    },
  ],
];

describe('A virtual timeout of 30 s loses against', () => {
  it.each(operations)('%s', async (_, operation) => {
    // With seeded chance, random bytes are the loop's own operation.
    expect(await beatsTimeout(() => operation().then(() => 'done'), { except: ['crypto'] })).toBe('done');
  });
});

it('A compressor that nobody reads from does not hold the clock, and does again when somebody does', async () => {
  const times = await withHost(
    async (loop) => {
      const compressor = zlib.createGzip();
      compressor.end(crypto.randomBytes(300_000));
      await pause(60_000);
      const readFrom = loop.time();
      await beforeTimeout(pipeline(compressor, zlib.createGunzip(), new PassThrough().resume()));
      return [readFrom, loop.time()];
    },
    { io: { patienceMs: Infinity } },
  );
  expect(times).toEqual([60_000, 60_000]);
});

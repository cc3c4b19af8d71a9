import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MessageChannel, Worker, type MessagePort, type WorkerOptions } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pause, withHost } from './helpers.ts';

const inWorker = "const { parentPort, MessageChannel } = require('node:worker_threads');\n";
const start = (code: string, options?: WorkerOptions): Worker =>
  new Worker(inWorker + code, { eval: true, ...options });
const next = (worker: Worker): Promise<unknown> => new Promise((resolve) => worker.once('message', resolve));
const send = (worker: Worker, message: unknown, ports: readonly MessagePort[] = []): void =>
  worker.postMessage(message, ports as never);

/** A program that waits while a worker has been asked nothing: one that says nothing would hold the clock. */
const ofAProcess = `
  import { once } from 'node:events';
  import { Worker } from 'node:worker_threads';
  import { installHost } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url))};
  import { EventLoop, VirtualClock } from ${JSON.stringify(new URL('../../../loop/dist/index.js', import.meta.url))};

  const loop = new EventLoop({ clock: new VirtualClock() });
  const restore = installHost(loop);
  await loop.runUntilComplete(async () => {
    const code = "const { parentPort } = require('node:worker_threads'); parentPort.postMessage(process.execArgv); parentPort.on('message', () => {})";
    const worker = new Worker(code, { eval: true });
    const [seen] = await once(worker, 'message');
    worker.postMessage('a question without an answer');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    console.log(JSON.stringify([seen, loop.time()]));
    await worker.terminate();
  });
  restore();
`;

/** Whoever waits for what never comes hangs. */
const patient = { io: { patienceMs: Infinity } };

it('What runs in workers before their program is built', () => {
  const file = new URL('../../dist/in-worker.cjs', import.meta.url);
  expect(existsSync(file), 'run npm run build').toBe(true);
});

describe('A worker that waits for nothing but messages', { tags: ['host'] }, () => {
  it('does not hold the clock before it is asked, nor when it does not answer', async () => {
    const time = await withHost(async (loop) => {
      const worker = start("parentPort.on('message', () => {})");
      for (let i = 0; i < 20; i++) {
        await pause(1000);
        send(worker, i);
      }
      const paused = loop.time();
      await worker.terminate();
      return paused;
    }, patient);
    expect(time).toBe(20_000);
  });

  it.each([
    ['at once', 'answer()'],
    ['after a timer', 'setTimeout(answer, 30)'],
    ['after an interval', 'let n = 0; const i = setInterval(() => ++n === 3 && (clearInterval(i), answer()), 5)'],
    ['after immediates', 'let n = 0; const again = () => ++n === 50 ? answer() : setImmediate(again); again()'],
    ['after computing', 'for (const end = Date.now() + 30; Date.now() < end;); answer()'],
    [
      'after files',
      "const { readFile } = require('node:fs/promises'); read().then(answer); async function read() { for (let i = 0; i < 5; i++) await readFile('package.json') }",
    ],
    ['after crypto', "require('node:crypto').pbkdf2('', '', 30000, 64, 'sha512', answer)"],
    ['after WebCrypto', "crypto.subtle.digest('SHA-256', new Uint8Array(1e7)).then(answer)"],
    ['after zlib', "require('node:zlib').deflate(Buffer.alloc(1e7), answer)"],
    ['after a process', "require('node:child_process').execFile(process.execPath, ['-v'], answer)"],
    [
      'after another worker',
      "new (require('node:worker_threads').Worker)('setTimeout(() => {}, 20)', { eval: true }).on('exit', answer)",
    ],
  ])('holds it from the message until it has answered: %s', async (_, work) => {
    const result = await withHost(async (loop) => {
      const worker = start(
        `const answer = () => parentPort.postMessage('answer'); parentPort.on('message', () => { ${work} })`,
      );
      await pause(5);
      send(worker, 'question');
      const first = await Promise.race([next(worker), pause(60_000).then(() => 'timer')]);
      const time = loop.time();
      await worker.terminate();
      return [first, time];
    }, patient);
    expect(result).toEqual(['answer', 5]);
  });

  it('holds it while it starts', async () => {
    const result = await withHost(async (loop) => {
      const worker = start("setTimeout(() => parentPort.postMessage('ready'), 30); parentPort.on('message', () => {})");
      const first = await Promise.race([next(worker), pause(60_000).then(() => 'timer')]);
      await worker.terminate();
      return [first, loop.time()];
    }, patient);
    expect(result).toEqual(['ready', 0]);
  });

  it('holds it while it reads what it is given as input', async () => {
    const answers = await withHost(async () => {
      const worker = start("process.stdin.on('data', (text) => parentPort.postMessage(String(text)));", {
        stdin: true,
      });
      const seen: unknown[] = [];
      for (const text of ['a', 'b', 'c']) {
        await pause(1000);
        worker.stdin!.write(text);
        seen.push(await Promise.race([next(worker), pause(1000).then(() => 'too late')]));
      }
      await worker.terminate();
      return seen;
    }, patient);
    expect(answers).toEqual(['a', 'b', 'c']);
  });

  it('holds it while another worker asks it through a port', async () => {
    const result = await withHost(async () => {
      const asks = start("parentPort.once('message', (port) => port.postMessage('question'))");
      const answers = start(
        "parentPort.once('message', (port) => port.on('message', () => parentPort.postMessage('answer')))",
      );
      await pause(5);
      const { port1, port2 } = new MessageChannel();
      send(answers, port1, [port1]);
      send(asks, port2, [port2]);
      const first = await Promise.race([next(answers), pause(60_000).then(() => 'timer')]);
      await Promise.all([asks.terminate(), answers.terminate()]);
      return first;
    }, patient);
    expect(result).toBe('answer');
  });
});

describe('A worker that answers by shared memory, and then waits for messages', { tags: ['host'] }, () => {
  it.each([
    ['at once', 'done();'],
    ['in an immediate', 'setImmediate(done);'],
    ['in an immediate of an immediate', 'setImmediate(() => setImmediate(done));'],
    ['in an immediate of a timer', 'setTimeout(() => setImmediate(done), 20);'],
    [
      'in timers that are due as soon as they are set',
      'setTimeout(() => { for (const end = Date.now() + 10; Date.now() < end;); setTimeout(done, 5); }, 20);',
    ],
    [
      'when it has closed a server',
      "const server = require('node:net').createServer().listen(() => server.close(done));",
    ],
  ])('lets time pass: %s', async (_, work) => {
    const seen = await withHost(async (loop) => {
      const cell = new Int32Array(new SharedArrayBuffer(4));
      const worker = start(
        `
        const { workerData: cell } = require('node:worker_threads');
        const done = () => { Atomics.store(cell, 0, 1); Atomics.notify(cell, 0); };
        parentPort.on('message', () => { ${work} });`,
        { workerData: cell },
      );
      const woken = Atomics.waitAsync(cell, 0, 0).value;
      send(worker, 'question');
      const result = await woken;
      await pause(30_000);
      await worker.terminate();
      return [result, loop.time()];
    }, patient);
    expect(seen).toEqual(['ok', 30_000]);
  });
});

it(
  'A worker that was asked by a port of its own holds the clock until it has answered',
  { tags: ['host'] },
  async () => {
    const result = await withHost(async (loop) => {
      const worker = start(
        "parentPort.once('message', (port) => port.on('message', () => setTimeout(() => port.postMessage('answer'), 30)))",
      );
      const { port1, port2 } = new MessageChannel();
      send(worker, port2, [port2]);
      await pause(5);
      const answer = new Promise((resolve) => port1.once('message', resolve));
      port1.postMessage('question');
      const first = await Promise.race([answer, pause(60_000).then(() => 'timer')]);
      const time = loop.time();
      await worker.terminate();
      return [first, time];
    }, patient);
    expect(result).toEqual(['answer', 5]);
  },
);

describe('A worker', { tags: ['host'] }, () => {
  it('sees the arguments that it was given, and those of the process without any', async () => {
    const seen = await withHost(async () => {
      const code = 'parentPort.postMessage(process.execArgv)';
      const given = next(start(code, { execArgv: ['--no-warnings'] }));
      return [await given, await next(start(code))];
    }, patient);
    expect(seen).toEqual([['--no-warnings'], process.execArgv]);
  });

  it('sees those that name a file like ours', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'timeloom-worker-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'my-in-worker.cjs');
    writeFileSync(file, 'globalThis.mine = true');
    const code = 'parentPort.postMessage([process.execArgv, globalThis.mine])';
    const seen = await withHost(() => next(start(code, { execArgv: ['--require', file] })), patient);
    expect(seen).toEqual([['--require', file], true]);
  });

  it('sees those of a process that are not for workers, and says what it does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'timeloom-worker-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const program = join(folder, 'program.mjs');
    writeFileSync(program, ofAProcess);
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--no-warnings', program]);
    expect(JSON.parse(stdout)).toEqual([['--expose-gc', '--no-warnings'], 1000]);
  });

  it('runs where nothing can be replaced', async () => {
    const code = 'parentPort.postMessage(process.execArgv)';
    const seen = await withHost(() => next(start(code, { execArgv: ['--frozen-intrinsics'] })), patient);
    expect(seen).toEqual(['--frozen-intrinsics']);
  });

  it.each<[what: string, make: () => Worker, error: object]>([
    ['a file that is none', () => new Worker(7 as never), { code: 'ERR_INVALID_ARG_TYPE' }],
    ['options that are none', () => new Worker('', 7 as never), {}],
    ['no options at all', () => new Worker('./nothing.js', null as never), {}],
    ['arguments that are none', () => start('', { execArgv: 7 as never }), { code: 'ERR_INVALID_ARG_TYPE' }],
    ['flags for processes', () => start('', { execArgv: ['--title=x'] }), { code: 'ERR_WORKER_INVALID_EXECARGV' }],
  ])('with %s is as on the host', async (_, make) => {
    const attempt = (): unknown => {
      try {
        void make()
          .on('error', () => {})
          .terminate();
        return null;
      } catch (error) {
        return (error as { code?: unknown }).code ?? (error as Error).name;
      }
    };
    const real = attempt();
    expect(await withHost(async () => attempt(), patient)).toEqual(real);
  });

  it('of a subclass is one', async () => {
    class Named extends Worker {
      readonly name = 'mine';
    }
    const [name, isWorker, first] = await withHost(async () => {
      const worker = new Named(`${inWorker}parentPort.postMessage(1)`, { eval: true });
      return [worker.name, worker instanceof Worker, await next(worker)];
    }, patient);
    expect([name, isWorker, first]).toEqual(['mine', true, 1]);
  });

  it.each([
    ['ends', ''],
    ['fails', "throw new Error('in the worker')"],
    ['exits', 'process.exit(3)'],
  ])('that %s is over then', async (_, code) => {
    const time = await withHost(async (loop) => {
      const worker = start(code);
      let failed = false;
      worker.on('error', () => (failed = true));
      const exit = new Promise<number>((resolve) => worker.once('exit', resolve));
      const first = await Promise.race([exit, pause(60_000).then(() => 'timer')]);
      await pause(5);
      return [first, failed, loop.time()];
    }, patient);
    expect(time).toEqual([code === '' ? 0 : code.startsWith('throw') ? 1 : 3, code.startsWith('throw'), 5]);
  });
});

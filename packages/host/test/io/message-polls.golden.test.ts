// oxlint-disable unicorn/require-post-message-target-origin -- There are no origins between threads.
import { execFile } from 'node:child_process';
import { setImmediate as turn } from 'node:timers/promises';
import { BroadcastChannel, MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { runVirtually } from '../helpers.ts';

/** Sends itself messages until something is over. */
type Poll = (isOver: () => boolean) => Promise<void>;

/** Calls `next` at each message of `port` until something is over, and closes the port then. */
function whileOpen(port: MessagePort, isOver: () => boolean, next: () => void): Promise<void> {
  return new Promise((resolve) => {
    port.on('message', () => {
      if (!isOver()) return next();
      port.close();
      resolve();
    });
  });
}

const never = (): boolean => false;

const ways: readonly (readonly [string, Poll])[] = [
  [
    'messages of a port',
    (isOver) => {
      const { port1, port2 } = new MessageChannel();
      const send = (): void => port2.postMessage(0);
      send();
      return whileOpen(port1, isOver, send);
    },
  ],
  [
    'messages that go to and fro',
    (isOver) => {
      const { port1, port2 } = new MessageChannel();
      void whileOpen(port2, never, () => port2.postMessage(0));
      port1.postMessage(0);
      return whileOpen(port1, isOver, () => port1.postMessage(0));
    },
  ],
  [
    'messages and immediates in turn',
    (isOver) => {
      const { port1, port2 } = new MessageChannel();
      const send = (): void => port2.postMessage(0);
      send();
      return whileOpen(port1, isOver, () => void setImmediate(send));
    },
  ],
  [
    'immediates that send messages',
    async (isOver) => {
      const { port1, port2 } = new MessageChannel();
      const closed = whileOpen(port1, isOver, () => {});
      for (let was = false; !was; await turn()) {
        was = isOver();
        port2.postMessage(0);
      }
      await closed;
    },
  ],
  [
    'broadcast messages',
    async (isOver) => {
      const [sender, receiver] = [new BroadcastChannel('polls'), new BroadcastChannel('polls')];
      await new Promise<void>((resolve) => {
        receiver.onmessage = () => (isOver() ? resolve() : sender.postMessage(0));
        sender.postMessage(0);
      });
      sender.close();
      receiver.close();
    },
  ],
];

describe.each(ways)('Code that polls by %s', (_, poll) => {
  it('lets a timer come that it waits for, and none that is later', async () => {
    const seen = await runVirtually(async (now) => {
      const fired = { soon: false, later: false };
      setTimeout(() => (fired.soon = true), 5);
      const later = setTimeout(() => (fired.later = true), 10_000);
      await poll(() => fired.soon);
      clearTimeout(later);
      return { time: now(), ...fired };
    });
    expect(seen).toEqual({ time: 5, soon: true, later: false });
  });

  it('lets the clocks go on that it reads', async () => {
    const seen = await runVirtually(async (now) => {
      const start = Date.now();
      await poll(() => Date.now() - start >= 3);
      return now();
    });
    expect(seen).toBe(3);
  });

  it('sees what real I/O has done, and the clock stands still meanwhile', async () => {
    const seen = await runVirtually(
      async (now) => {
        const child = { said: '' };
        execFile(process.execPath, ['-p', '"hello"'], (__, stdout) => (child.said = stdout));
        await poll(() => child.said !== '');
        return { ...child, time: now() };
      },
      { loop: { maxStepsPerInstant: Infinity, maxSteps: Infinity } },
    );
    expect(seen).toEqual({ said: 'hello\n', time: 0 });
  });
});

describe('Messages', () => {
  it('take no time if they are sent together, however many they are', async () => {
    const passed = await runVirtually(async (now) => {
      const { port1, port2 } = new MessageChannel();
      const received = { count: 0 };
      port1.on('message', () => void received.count++);
      for (let round = 1; round <= 5; round++) {
        for (let i = 0; i < 2000; i++) port2.postMessage(i);
        while (received.count < 2000 * round) await turn();
      }
      port1.close();
      return now();
    });
    expect(passed).toBe(0);
  });

  it.each([
    ['by the port that it began with', "parentPort.on('message', (data) => parentPort.postMessage(data))", false],
    ['by another port', "workerData.on('message', (data) => workerData.postMessage(data))", true],
  ])('take no time as long as a worker answers them %s', async (_, program, byPort) => {
    const passed = await runVirtually(async (now) => {
      const { port1, port2 } = new MessageChannel();
      const worker = new Worker(`const { parentPort, workerData } = require('node:worker_threads'); ${program}`, {
        eval: true,
        workerData: port2,
        transferList: [port2],
      });
      const other = byPort ? port1 : worker;
      let left = 2500;
      const answered = new Promise<void>((resolve) => {
        other.on('message', () => (--left === 0 ? resolve() : other.postMessage(left)));
      });
      other.postMessage(left);
      await answered;
      const time = now();
      port1.close();
      await worker.terminate();
      return time;
    });
    expect(passed).toBe(0);
  });
});

import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pause, withHost } from './helpers.ts';

const here = new URL(import.meta.url);
// On a busy machine a file, too, may be silent for a while.
const impatient = { io: { patienceMs: 400 } };

/** Begins I/O, again and again, until something is over. */
type Repeat = (isOver: () => boolean) => Promise<void>;

const ways: readonly (readonly [string, Repeat])[] = [
  [
    'files',
    async (isOver) => {
      while (!isOver()) await readFile(here);
    },
  ],
  [
    'requests over one connection',
    async (isOver) => {
      const server = http.createServer((_, response) => response.end('x')).listen(0);
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      const request = (): Promise<void> =>
        new Promise((resolve) => {
          http.get({ port, agent }, (response) => response.resume().once('end', resolve));
        });
      while (!isOver()) await request();
      agent.destroy();
      server.close();
    },
  ],
  [
    'the thread pool, several at a time',
    async (isOver) => {
      const digest = async (): Promise<void> => {
        while (!isOver()) await crypto.subtle.digest('SHA-256', new Uint8Array(8));
      };
      await Promise.all([digest(), digest(), digest()]);
    },
  ],
];

/** The codes of the warnings of Timeloom from now on. */
function warnings(): string[] {
  const codes: string[] = [];
  const listener = (warning: Error & { code?: string }): void => void codes.push(warning.code ?? warning.name);
  process.on('warning', listener);
  onTestFinished(() => void process.off('warning', listener));
  return codes;
}

describe.each(ways)('What asks for %s until a timer ends it', { tags: ['host'] }, (_, repeat) => {
  it('lets that timer come, and none that is later', async () => {
    const codes = warnings();
    const seen = await withHost(async (loop) => {
      const fired = { soon: false, later: false };
      setTimeout(() => (fired.soon = true), 20);
      const later = setTimeout(() => (fired.later = true), 600_000);
      await repeat(() => fired.soon);
      clearTimeout(later);
      return { time: loop.time(), ...fired };
    }, impatient);
    expect(seen).toMatchObject({ soon: true, later: false });
    expect(seen.time).toBeGreaterThanOrEqual(20);
    expect(seen.time).toBeLessThan(60_000);
    expect(codes).toEqual(['TIMELOOM_IO_ENDLESS']);
  });

  it('lets the dates go on that it reads', async () => {
    const passed = await withHost(async () => {
      const start = Date.now();
      await repeat(() => Date.now() - start >= 3);
      return Date.now() - start;
    }, impatient);
    expect(passed).toBeGreaterThanOrEqual(3);
  });
});

describe('A clock that I/O holds for long', { tags: ['host'] }, () => {
  it('stands still while a process is at work', async () => {
    const codes = warnings();
    const program = "setInterval(() => console.log('.'), 20); setTimeout(process.exit, 800)";
    const time = await withHost(async (loop) => {
      setTimeout(() => {}, 20);
      const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
      const end = { isReached: false };
      child.stdout.resume();
      child.once('close', () => (end.isReached = true));
      while (!end.isReached) await readFile(here);
      return loop.time();
    }, impatient);
    expect(time).toBe(0);
    expect(codes).toEqual([]);
  });

  it('is held anew behind each moment in which nothing was in flight', async () => {
    const codes = warnings();
    const time = await withHost(async (loop) => {
      for (let round = 0; round < 400; round++) {
        for (let i = 0; i < 10; i++) await readFile(here);
        await pause(1);
      }
      return loop.time();
    }, impatient);
    expect(time).toBe(400);
    expect(codes).toEqual([]);
  });
});

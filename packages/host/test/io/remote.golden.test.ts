import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beatsTimeout, beforeTimeout, pause, withHost } from './helpers.ts';

/** A process of its own with real pauses: an HTTP server that answers in pieces, one that never does, an echo. */
const program = `
const http = require('node:http'), net = require('node:net');
const pieces = (response, left) => left === 0 ? response.end() : (response.write('x'), setTimeout(pieces, 15, response, left - 1));
const answering = http.createServer((request, response) =>
  request.url === '/never' || setTimeout(pieces, request.url === '/slow' ? 200 : 15, response, 3));
const echo = net.createServer((socket) => socket.on('data', (data) => setTimeout(() => {
  socket.write(data.subarray(0, 1));
  setTimeout(() => socket.write(data.subarray(1)), 1);
}, 15)));
answering.listen(0, '127.0.0.1', () => echo.listen(0, '127.0.0.1', () => console.log(answering.address().port + ' ' + echo.address().port)));
`;

let child: ChildProcess;
let url: string;
let echoPort: number;

beforeAll(async () => {
  child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [ports] = (await once(child.stdout!, 'data')) as [Buffer];
  const [httpPort, port] = String(ports).split(' ');
  url = `http://127.0.0.1:${httpPort}`;
  echoPort = Number(port);
});
afterAll(() => child.kill());

describe('A server in another process', () => {
  it('is waited for by fetch, to the end of an answer that comes in pieces', async () => {
    expect(await beatsTimeout(async () => (await fetch(url)).text())).toBe('xxx');
  });

  it('is waited for by http.get, to the end of an answer that comes in pieces', async () => {
    const answer = await beatsTimeout(async () => {
      const [response] = (await once(http.get(url), 'response')) as [http.IncomingMessage];
      let text = '';
      for await (const chunk of response) text += String(chunk);
      return text;
    });
    expect(answer).toBe('xxx');
  });

  it('is waited for by a socket that has written, and not by one that has been answered', async () => {
    const [answer, time] = await withHost(
      async (loop) => {
        const socket = net.connect(echoPort, '127.0.0.1');
        socket.write('question');
        const got = await beforeTimeout(
          new Promise<string>((resolve) => {
            let text = '';
            socket.on('data', (data) => (text += String(data)).length === 8 && resolve(text));
          }),
        );
        await pause(60_000);
        socket.destroy();
        return [got, loop.time()] as const;
      },
      { io: { patienceMs: Infinity, quietMs: 200 } },
    );
    expect([answer, time]).toEqual(['question', 60_000]);
  });

  it('is waited for asleep: the host does not spin meanwhile', async () => {
    const before = performance.eventLoopUtilization();
    await beatsTimeout(async () => (await fetch(`${url}/slow`)).text());
    // Of some 230 ms; a host that spins is never idle.
    expect(performance.eventLoopUtilization(before).idle).toBeGreaterThan(100);
  });

  it('holds the clock no longer than its patience if it never answers, and says so', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    const time = await withHost(
      async (loop) => {
        const abort = new AbortController();
        setTimeout(() => abort.abort(), 30_000);
        await expect(fetch(`${url}/never`, { signal: abort.signal })).rejects.toThrow('aborted');
        return loop.time();
      },
      { io: { patienceMs: 100, places: true } },
    );
    process.off('warning', listen);
    expect(time).toBe(30_000);
    // More than one only if the machine is so slow that connecting takes as long.
    expect(warnings).not.toEqual([]);
    for (const warning of warnings) {
      expect(warning).toMatchObject({ code: 'TIMELOOM_IO_SILENT' });
      expect(warning.message).toMatch(/^connection to 127\.0\.0\.1:\d+.* gave no sign of life for 100 ms/);
    }
  });

  it('is waited for no more once its connection is unref’d or destroyed', async () => {
    const time = await withHost(
      async (loop) => {
        const [dropped, forgotten] = [0, 1].map(() => net.connect(echoPort, '127.0.0.1'));
        await Promise.all([once(dropped!, 'connect'), once(forgotten!, 'connect')]);
        dropped!.write('a');
        forgotten!.write('b');
        dropped!.destroy();
        forgotten!.unref();
        await pause(10);
        const paused = loop.time();
        forgotten!.destroy();
        return paused;
      },
      { io: { patienceMs: Infinity } },
    );
    expect(time).toBe(10);
  });
});

import { once } from 'node:events';
import http, { type Server } from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { localhost } from './certificate.ts';
import { beatsTimeout, beforeTimeout, pause, withHost } from './helpers.ts';
import { get, io, serve, servers } from './servers.ts';

const realNow = performance.now.bind(performance);

describe('A server in the same process', () => {
  it.each([
    ['fetch', async (url: string) => (await fetch(url)).text()],
    ['http.get', get],
  ])('answers %s long before a virtual timeout of 30 s', async (_, request) => {
    const answer = await beatsTimeout(
      async () =>
        request(
          await serve((_request, response) => {
            response.write('hello ');
            response.end('world');
          }),
        ),
      { io },
    );
    expect(answer).toBe('hello world');
  });

  it.each([
    ['fetch', async (url: string) => (await fetch(url)).text()],
    ['http.get', get],
  ])('may sleep on the virtual clock before and while it answers %s', async (_, request) => {
    const times: number[] = [];
    await withHost(
      async (loop) => {
        const url = await serve(async (_request, response) => {
          times.push(loop.time());
          await pause(5000);
          response.write('half of it');
          await pause(1000);
          response.end('and the rest');
        });
        expect(await request(url)).toBe('half of itand the rest');
        times.push(loop.time());
      },
      { io },
    );
    expect(times).toEqual([0, 6000]);
  });

  it('times a client out that waits for less than it sleeps', async () => {
    const outcome = await withHost(
      async (loop) => {
        const url = await serve(async (_request, response) => {
          await pause(5000);
          response.end();
        });
        const abort = new AbortController();
        setTimeout(() => abort.abort(), 3000);
        await expect(fetch(url, { signal: abort.signal })).rejects.toThrow('aborted');
        return loop.time();
      },
      { io },
    );
    expect(outcome).toBe(3000);
  });

  it('does not hold the clock with idle connections that are kept alive, nor by listening', async () => {
    const agent = new http.Agent({ keepAlive: true });
    const time = await withHost(
      async (loop) => {
        const url = await serve((_request, response) => response.end('ok'));
        await get(url, { agent });
        await (await fetch(url)).text();
        await pause(60_000);
        return loop.time();
      },
      { io },
    );
    agent.destroy();
    expect(time).toBe(60_000);
  });

  it('takes pieces of a request without waiting for 40 ms of real time until one is acknowledged', async () => {
    const exchanges = 20;
    const begin = realNow();
    await withHost(
      async () => {
        const server = net.createServer((socket) => {
          let pieces = 0;
          socket.setEncoding('utf8').on('data', (text: string) => {
            for (const _ of text) if (++pieces % 2 === 0) socket.write('!');
          });
        });
        servers.push(server.listen(0, '127.0.0.1'));
        await once(server, 'listening');
        const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
        for (let i = 0; i < exchanges; i++) {
          const answer = once(socket, 'data');
          socket.write('a');
          await new Promise(setImmediate);
          socket.write('b');
          await answer;
        }
        socket.destroy();
      },
      { io },
    );
    expect(realNow() - begin).toBeLessThan((exchanges * 40) / 2);
  });

  it('is closed before time passes', async () => {
    await beatsTimeout(async () => {
      const server = net.createServer().listen(0);
      await once(server, 'listening');
      server.close();
      expect(await once(server, 'close')).toEqual([]);
    });
  });

  it('answers many requests at once, each at its own time, run after run', async () => {
    const delays = [300, 5, 70_000, 1000, 20];
    for (let run = 0; run < 10; run++) {
      const times = await withHost(
        async (loop) => {
          const url = await serve(async (request, response) => {
            await pause(Number(request.url!.slice(1)));
            response.end();
          });
          return Promise.all(delays.map(async (delay) => (await get(`${url}/${delay}`), loop.time())));
        },
        { io },
      );
      expect(times).toEqual(delays);
    }
  });

  it('may send more than the network holds to a client that reads slowly', async () => {
    const size = 8_000_000;
    const [received, time] = await withHost(
      async (loop) => {
        const url = await serve((_request, response) => {
          Readable.from([Buffer.alloc(size / 2), Buffer.alloc(size / 2)]).pipe(response);
        });
        const [response] = (await once(http.get(url), 'response')) as [http.IncomingMessage];
        let bytes = 0;
        for await (const chunk of response) {
          bytes += (chunk as Buffer).length;
          await pause(1000);
        }
        return [bytes, loop.time()] as const;
      },
      { io },
    );
    expect(received).toBe(size);
    expect(time).toBeGreaterThan(10_000);
  });

  it('speaks HTTP/2', async () => {
    const time = await withHost(
      async (loop) => {
        const server = http2.createServer((_request, response) => void pause(5000).then(() => response.end('framed')));
        server.listen(0);
        await once(server, 'listening');
        const session = http2.connect(`http://localhost:${(server.address() as AddressInfo).port}`);
        expect(await beforeTimeout(text(session.request({ ':path': '/' })))).toBe('framed');
        session.close();
        server.close();
        return loop.time();
      },
      { io },
    );
    expect(time).toBe(5000);
  });

  it('speaks TLS', async () => {
    const time = await withHost(
      async (loop) => {
        const url = await serve(
          async (_request, response) => {
            await pause(5000);
            response.end('secret');
          },
          (listener) => https.createServer(localhost, listener) as Server,
        );
        const answer = await beforeTimeout(get(url.replace('http:', 'https:'), { ca: localhost.cert, agent: false }));
        expect(answer).toBe('secret');
        return loop.time();
      },
      { io },
    );
    expect(time).toBe(5000);
  });
});

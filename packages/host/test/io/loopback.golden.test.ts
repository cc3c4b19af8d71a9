import dgram from 'node:dgram';
import { once } from 'node:events';
import http, { type RequestListener, type Server } from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { localhost } from './certificate.ts';
import { beatsTimeout, beforeTimeout, pause, withHost } from './helpers.ts';

// Nothing that a test forgets is to be set aside: then it hangs, and is seen.
const io = { patienceMs: Infinity };
const servers: (Server | net.Server)[] = [];

/** Starts a server in this process; gives its URL. */
async function serve(
  answer: (...args: Parameters<RequestListener>) => unknown,
  make: (listener: RequestListener) => Server = http.createServer,
): Promise<string> {
  const server = make(answer);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function get(url: string | URL, options: https.RequestOptions = {}): Promise<string> {
  const request = String(url).startsWith('https:') ? https.get(url, options) : http.get(url, options);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return text(response);
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    (server as Partial<Server>).closeAllConnections?.();
    server.close();
  }
});

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

describe('The timeout of a socket', () => {
  it('is on the virtual clock, and begins anew with traffic', async () => {
    const times: number[] = [];
    await withHost(
      async (loop) => {
        const url = await serve(async (_request, response) => {
          await pause(1500);
          response.write('half');
        });
        const request = http.get(url, { timeout: 2000 });
        request.on('error', () => {});
        const [response] = (await once(request, 'response')) as [http.IncomingMessage];
        response.resume();
        times.push(loop.time());
        await once(request, 'timeout');
        times.push(loop.time());
        request.destroy();
      },
      { io },
    );
    expect(times).toEqual([1500, 3500]);
  });

  it('closes a connection that was kept alive for long enough', async () => {
    const times: number[] = [];
    const agent = new http.Agent({ keepAlive: true });
    await withHost(
      async (loop) => {
        const url = await serve((request, response) => {
          request.socket.once('close', () => times.push(loop.time()));
          response.end();
        });
        await get(url, { agent });
        await pause(60_000);
      },
      { io },
    );
    agent.destroy();
    expect(times).toHaveLength(1);
    expect(times[0]).toBeGreaterThanOrEqual(5000);
    expect(times[0]).toBeLessThan(10_000);
  });

  it('can be taken back', async () => {
    const time = await withHost(
      async (loop) => {
        const url = await serve(async (_request, response) => {
          await pause(5000);
          response.end();
        });
        const request = http.get(url);
        request.setTimeout(2000, () => request.destroy(new Error('timed out')));
        request.setTimeout(0);
        await once(request, 'response');
        return loop.time();
      },
      { io },
    );
    expect(time).toBe(5000);
  });
});

describe('A socket', () => {
  const path =
    process.platform === 'win32' ? String.raw`\\.\pipe\timeloom-io` : join(tmpdir(), `timeloom-${process.pid}.sock`);

  it.each([
    ['TCP', 0],
    ['Unix', path],
  ])('of %s waits for a peer in the same process, which may wait for the clock', async (_, address) => {
    const time = await withHost(
      async (loop) => {
        const server = net.createServer({ allowHalfOpen: true }, (socket) => {
          socket.on('data', (chunk) => setTimeout(() => socket.write(chunk), 1000));
          socket.on('end', () => setTimeout(() => socket.end(), 1000));
        });
        servers.push(server);
        server.listen(address);
        await once(server, 'listening');
        const bound = server.address()!;
        const client = typeof bound === 'string' ? net.connect(bound) : net.connect(bound.port);
        await once(client, 'connect');
        for (const message of ['one', 'two', 'three']) {
          client.write(message);
          expect(String(await beforeTimeout(once(client, 'data')))).toBe(message);
        }
        client.end();
        await beforeTimeout(once(client, 'end'));
        return loop.time();
      },
      { io },
    );
    expect(time).toBe(4000);
  });

  it('of UDP delivers a datagram before time passes', async () => {
    await beatsTimeout(
      async () => {
        const receiver = dgram.createSocket('udp4').bind(0, '127.0.0.1');
        await once(receiver, 'listening');
        const sender = dgram.createSocket('udp4');
        sender.send('datagram', receiver.address().port, '127.0.0.1');
        const [message] = (await once(receiver, 'message')) as [Buffer];
        expect(String(message)).toBe('datagram');
        sender.close();
        receiver.close();
      },
      { io },
    );
  });

  it('that nobody reads from does not hold the clock', async () => {
    const sockets: Socket[] = [];
    const time = await withHost(
      async (loop) => {
        const server = net.createServer({ pauseOnConnect: true }, (socket) => sockets.push(socket));
        servers.push(server);
        server.listen(0);
        await once(server, 'listening');
        const client = net.connect((server.address() as AddressInfo).port);
        sockets.push(client);
        await once(client, 'connect');
        client.write('nobody reads this');
        await pause(60_000);
        return loop.time();
      },
      { io },
    );
    for (const socket of sockets) socket.destroy();
    expect(time).toBe(60_000);
  });
});

import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { beatsTimeout, beforeTimeout, pause, withHost } from './helpers.ts';
import { get, io, serve, servers } from './servers.ts';

describe('The address of a connection', () => {
  it('may be looked up by the program, in its own time', async () => {
    const lookup = ((_host, _options, callback) => {
      setTimeout(callback, 2000, null, [{ address: '127.0.0.1', family: 4 }]);
    }) as net.LookupFunction;
    const answeredAt = await withHost(
      async (loop) => {
        const { port } = new URL(await serve((_request, response) => response.end()));
        await get(`http://somewhere:${port}`, { lookup, agent: false });
        return loop.time();
      },
      { io },
    );
    expect(answeredAt).toBe(2000);
  });

  it('may never be found by the program, for which the clock does not wait', async () => {
    const socket = new net.Socket();
    const time = await withHost(
      async (loop) => {
        socket.connect({ host: 'nowhere', port: 80, lookup: () => {} });
        await pause(60_000);
        return loop.time();
      },
      { io },
    );
    socket.destroy();
    expect(time).toBe(60_000);
  });

  it('is not kept by a socket that was not asked while it was open', async () => {
    const address = await withHost(
      async () => {
        const server = net.createServer();
        servers.push(server);
        server.listen(0);
        await once(server, 'listening');
        const client = net.connect((server.address() as AddressInfo).port);
        const [[accepted]] = (await Promise.all([once(server, 'connection'), once(client, 'connect')])) as [
          [Socket],
          [],
        ];
        await pause(1000);
        accepted.destroy();
        client.destroy();
        return [accepted.remoteAddress, accepted.localPort, client.remotePort];
      },
      { io },
    );
    expect(address).toEqual([undefined, undefined, undefined]);
  });
});

describe('A turn of immediates', () => {
  it('comes behind a poll of the host, so that what was closed before is gone', async () => {
    const ended = await withHost(
      async () => {
        const server = net.createServer();
        servers.push(server);
        server.listen(0);
        await once(server, 'listening');
        const client = net.connect((server.address() as AddressInfo).port);
        const [[accepted]] = (await Promise.all([once(server, 'connection'), once(client, 'connect')])) as [
          [Socket],
          [],
        ];
        client.resume();
        await turn();
        accepted.destroy();
        await turn();
        return client.readableEnded;
      },
      { io },
    );
    expect(ended).toBe(true);
  });

  it('comes behind the messages that were sent before', async () => {
    const order = await withHost(
      async () => {
        const { port1, port2 } = new MessageChannel();
        const order: string[] = [];
        port1.on('message', (message: string) => order.push(message));
        for (const message of ['one', 'two', 'three']) {
          port2.postMessage(message);
          await turn();
          order.push('turn');
        }
        port1.close();
        return order;
      },
      { io },
    );
    expect(order).toEqual(['one', 'turn', 'two', 'turn', 'three', 'turn']);
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

  it('of which the program removes all listeners holds the clock until it is closed, and no longer', async () => {
    const time = await withHost(
      async (loop) => {
        const server = net.createServer();
        servers.push(server);
        server.listen(0);
        await once(server, 'listening');
        const client = net.connect((server.address() as AddressInfo).port);
        const [[accepted]] = (await Promise.all([once(server, 'connection'), once(client, 'connect')])) as [
          [Socket],
          [],
        ];
        client.removeAllListeners().destroy();
        accepted.destroy().removeAllListeners();
        await pause(1000);
        return loop.time();
      },
      { io },
    );
    expect(time).toBe(1000);
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

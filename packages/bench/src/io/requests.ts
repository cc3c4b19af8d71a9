import { once } from 'node:events';
import http, { type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { simulateIo, takeOverIo } from '@timeloom/host';
import { EventLoop, VirtualClock } from '@timeloom/loop';
import type { Prepare } from '../program.ts';

/** `n` requests one after the other. */

const listener: RequestListener = (_request, response) => response.end('answer');

type Ask = (url: string) => Promise<string>;

const byFetch: Ask = async (url) => (await fetch(url)).text();

const byHttp: Ask = async (url) => {
  const [response] = (await once(http.get(url), 'response')) as [IncomingMessage];
  return text(response);
};

async function askOften(ask: Ask, url: string, n: number): Promise<void> {
  for (let i = 0; i < n; i++) {
    const answer = await ask(url);
    if (answer !== 'answer') throw new Error(`the answer is ${answer}`);
  }
}

/** A server in the same process, reached over the loopback interface. */
const loopback =
  (ask: Ask): Prepare =>
  (n) =>
  async () => {
    const server = http.createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await askOften(ask, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, n);
    server.close();
    server.closeAllConnections();
  };

const simulated =
  (ask: Ask): Prepare =>
  (n) => {
    const restore = takeOverIo();
    return async () => {
      const loop = new EventLoop({ clock: new VirtualClock(), maxSteps: Infinity, maxStepsPerInstant: Infinity });
      const stop = simulateIo(loop, { fetch: () => new Response('answer'), http: listener });
      await loop.runUntilComplete(() => askOften(ask, 'http://service.test/', n));
      stop();
      loop.close();
      restore();
    };
  };

export const loopbackFetch: Prepare = loopback(byFetch);
export const loopbackHttp: Prepare = loopback(byHttp);
export const simulatedFetch: Prepare = simulated(byFetch);
export const simulatedHttp: Prepare = simulated(byHttp);

/** Only the objects that a handler for fetch gets and gives. */
export const requestAndResponse: Prepare = (n) => () =>
  askOften(
    (url) => {
      const request = new Request(url);
      return new Response(request.url === url ? 'answer' : '').text();
    },
    'http://service.test/',
    n,
  );

import { once } from 'node:events';
import http, { type RequestListener, type Server } from 'node:http';
import https from 'node:https';
import type net from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach } from 'vitest';

/** Nothing that a test forgets is to be set aside: then it hangs, and is seen. */
export const io = { patienceMs: Infinity };

/** What is closed behind each test. */
export const servers: (Server | net.Server)[] = [];

/** Starts a server in this process; gives its URL. */
export async function serve(
  answer: (...args: Parameters<RequestListener>) => unknown,
  make: (listener: RequestListener) => Server = http.createServer,
): Promise<string> {
  const server = make(answer);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The text that a GET gives. */
export async function get(url: string | URL, options: https.RequestOptions = {}): Promise<string> {
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

/** Timers that keep no process alive fire if something else does: a server, until the first of them. */
import { createServer } from 'node:net';

const start = Date.now();
const server = createServer().listen(0, '127.0.0.1');
AbortSignal.timeout(60_000).addEventListener('abort', () => {
  console.log('aborted after', Date.now() - start);
  server.close();
  setTimeout(() => console.log('never'), 1000).unref();
});

import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import http, { type ClientRequest, type IncomingMessage, type RequestListener } from 'node:http';
import https, { get as namedGet } from 'node:https';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { NetworkFault } from '../../src/index.ts';
import { takingLabel, withSimulation } from './helpers.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const latest = { choose: ({ size }: { size: number }) => size - 1 };

/** What `fetch` failed with: its message and the code of its cause. */
const failure = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: Error) => [error.message, (error.cause as NodeJS.ErrnoException | undefined)?.code],
  );

describe('Simulated fetch', () => {
  const echo = async (request: Request): Promise<Response> =>
    Response.json({ method: request.method, url: request.url, body: await request.text() }, { status: 201 });

  it('is answered by a handler in the same process', async () => {
    const [status, url, body] = await withSimulation({ fetch: echo }, async () => {
      const response = await fetch('http://service.test/path?q=1', { method: 'POST', body: 'sent' });
      return [response.status, response.url, await response.json()];
    });
    expect([status, url]).toEqual([201, 'http://service.test/path?q=1']);
    expect(body).toEqual({ method: 'POST', url, body: 'sent' });
  });

  it('takes the time of the request, of the handler, and of the answer', async () => {
    const handler = async (): Promise<Response> => {
      await pause(1000);
      return new Response('late');
    };
    const time = await withSimulation(
      { fetch: { handler, latencyMs: [5, 50] } },
      async (loop) => {
        await fetch('http://service.test/');
        return loop.time();
      },
      { scheduler: latest },
    );
    expect(time).toBe(1100);
  });

  it('lets requests overtake each other', async () => {
    const arrivals = async (): Promise<string[]> => {
      const order: string[] = [];
      await Promise.all(['/a', '/b'].map((path) => fetch(`http://service.test${path}`).then(() => order.push(path))));
      return order;
    };
    const handler = (): Response => new Response();
    expect(await withSimulation({ fetch: handler }, arrivals)).toEqual(['/a', '/b']);
    expect(await withSimulation({ fetch: handler }, arrivals, { scheduler: latest })).toEqual(['/b', '/a']);
  });

  it.each<[NetworkFault, unknown, number]>([
    ['refused', ['fetch failed', 'ECONNREFUSED'], 0],
    ['reset', ['fetch failed', 'ECONNRESET'], 1],
    ['partial', ['terminated', 'UND_ERR_SOCKET'], 1],
    ['timeout', ['fetch failed', 'UND_ERR_HEADERS_TIMEOUT'], 0],
  ])('fails as with %s when the search draws it', async (fault, expected, handled) => {
    let calls = 0;
    const handler = (): Response => {
      calls++;
      return new Response('body');
    };
    const program = async (): Promise<unknown> =>
      failure(fetch('http://service.test/').then((response) => response.text()));
    const scheduler = takingLabel(new RegExp(`: ${fault}$`));
    expect(await withSimulation({ fetch: { handler, faults: [fault] } }, program, { scheduler })).toEqual(expected);
    expect(calls).toBe(handled);
    expect(await withSimulation({ fetch: { handler, faults: [fault] } }, program)).toBe('no failure');
  });

  it('ends when it is aborted, at once', async () => {
    const handler = async (request: Request): Promise<Response> => {
      await pause(1000);
      expect(request.signal.aborted).toBe(true);
      return new Response();
    };
    const time = await withSimulation({ fetch: handler }, async (loop) => {
      await expect(fetch('http://service.test/', { signal: AbortSignal.timeout(100) })).rejects.toThrow('timeout');
      const at = loop.time();
      await pause(5000);
      return at;
    });
    expect(time).toBe(100);
  });

  it('fails with what its handler throws, or if that gives no Response', async () => {
    const throwing = (): Response => {
      throw Object.assign(new Error('broken'), { code: 'BROKEN' });
    };
    const request = (): Promise<unknown> => failure(fetch('http://service.test/'));
    expect(await withSimulation({ fetch: throwing }, request)).toEqual(['fetch failed', 'BROKEN']);
    expect(await withSimulation({ fetch: () => 7 as never }, request)).toEqual(['fetch failed', undefined]);
    await expect(withSimulation({ fetch: throwing }, () => fetch('no URL'))).rejects.toThrow('Failed to parse URL');
  });
});

async function answerOf(request: ClientRequest): Promise<string> {
  // A connection that breaks within an answer is an error of both.
  request.on('error', () => {});
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return text(response);
}

describe('Simulated http', () => {
  const echo: RequestListener = (request, response) => {
    void text(request).then((body) => response.end(`${request.method} ${request.headers.host}${request.url} ${body}`));
  };

  it('is answered by a listener in the same process, in every form of the call', async () => {
    const answers = await withSimulation({ http: echo }, async () => {
      const posting = http.request({ host: 'service.test', port: 81, path: '/post', method: 'POST' });
      posting.end('sent');
      return Promise.all([
        answerOf(http.get('http://service.test/one')),
        answerOf(http.get(new URL('http://service.test/two'), { agent: new http.Agent({ keepAlive: true }) })),
        answerOf(https.get('https://service.test/three')),
        answerOf(namedGet({ host: 'service.test', path: '/four' })),
        answerOf(posting),
        new Promise<string>((resolve) => http.get('http://service.test/five', (response) => resolve(text(response)))),
      ]);
    });
    expect(answers).toEqual([
      'GET service.test/one ',
      'GET service.test/two ',
      'GET service.test/three ',
      'GET service.test/four ',
      'POST service.test:81/post sent',
      'GET service.test/five ',
    ]);
  });

  it('lets answers overtake each other, and keeps the order within a connection', async () => {
    const listener: RequestListener = (request, response) => {
      response.write(`${request.url}1`);
      setTimeout(() => response.end(`${request.url}2`), 1);
    };
    const program = async (): Promise<string[]> => {
      const order: string[] = [];
      const get = async (path: string): Promise<void> => {
        expect(await answerOf(http.get(`http://service.test${path}`))).toBe(`${path}1${path}2`);
        order.push(path);
      };
      await Promise.all(['/a', '/b', '/c'].map(get));
      return order;
    };
    expect(await withSimulation({ http: listener }, program)).toEqual(['/a', '/b', '/c']);
    expect(await withSimulation({ http: listener }, program, { scheduler: latest })).toEqual(['/c', '/b', '/a']);
  });

  it('takes the time that the search draws for each message', async () => {
    const time = await withSimulation({ http: { listener: echo, latencyMs: [10, 10] } }, async (loop) => {
      const [response] = (await once(http.get('http://service.test/'), 'response')) as [IncomingMessage];
      response.resume();
      return loop.time();
    });
    // The connection, the request, and the answer.
    expect(time).toBe(30);
  });

  it.each<[NetworkFault, RegExp, unknown]>([
    ['refused', /: refused$/, 'ECONNREFUSED'],
    ['reset', /to the server: reset$/, 'ECONNRESET'],
    ['reset', /from the server: reset$/, 'ECONNRESET'],
    ['partial', /from the server: partial$/, 'ECONNRESET'],
    ['timeout', /^connection \d+ to \S+: timeout$/, 'ETIMEDOUT'],
  ])('fails as with %s when the search draws %s', async (fault, label, expected) => {
    const program = async (): Promise<unknown> =>
      answerOf(http.get('http://service.test/')).catch((error: NodeJS.ErrnoException) => error.code);
    const listener: RequestListener = (_request, response) => response.end('x'.repeat(1000));
    const options = { http: { listener, faults: [fault] } };
    expect(await withSimulation(options, program, { scheduler: takingLabel(label) })).toBe(expected);
    expect(await withSimulation(options, program)).toHaveLength(1000);
  });

  it('leaves a client whose answer is lost to its own timeout', async () => {
    const options = { http: { listener: echo, faults: ['timeout'] as const } };
    const outcome = await withSimulation(
      options,
      async (loop) => {
        const request = http.get('http://service.test/', { timeout: 2000 });
        request.on('timeout', () => request.destroy(new Error('gave up')));
        const [error] = (await once(request, 'error').catch((reason: unknown) => [reason])) as [Error];
        return [error.message, loop.time()];
      },
      { scheduler: takingLabel(/from the server: timeout$/) },
    );
    expect(outcome).toEqual(['gave up', 2000]);
  });

  it('passes on the end of a client that goes away', async () => {
    const closed = await withSimulation(
      {
        http: (request, response) => {
          response.write('begun');
          request.on('close', () => void ends.push('closed'));
        },
      },
      async () => {
        const [response] = (await once(http.get('http://service.test/'), 'response')) as [IncomingMessage];
        response.destroy();
        await pause(1);
        return ends;
      },
    );
    expect(closed).toEqual(['closed']);
  });

  it('carries more than fits at once to a client that reads slowly', async () => {
    const body = 'x'.repeat(1_000_000);
    const received = await withSimulation({ http: (_request, response) => response.end(body) }, async () => {
      const [response] = (await once(http.get('http://service.test/'), 'response')) as [IncomingMessage];
      let bytes = 0;
      for await (const chunk of response) {
        bytes += (chunk as Buffer).length;
        await pause(10);
      }
      return bytes;
    });
    expect(received).toBe(body.length);
  });

  it("keeps the AsyncLocalStorage of a request's caller, and out of the listener", async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const listener: RequestListener = (_request, response) => {
      seen.push(storage.getStore());
      response.end();
    };
    await withSimulation({ http: listener }, () =>
      storage.run('caller', async () => {
        await new Promise<void>((resolve) => {
          http.get('http://service.test/', (response) => {
            seen.push(storage.getStore());
            response.resume().on('end', resolve);
          });
        });
      }),
    );
    expect(seen).toEqual([undefined, 'caller']);
  });
});

const ends: string[] = [];

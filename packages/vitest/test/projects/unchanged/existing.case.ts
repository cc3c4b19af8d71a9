import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  afterAll,
  afterEach,
  aroundEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
  test,
  vi,
} from 'vitest';

const { version } = createRequire(import.meta.url)('vitest/package.json') as { readonly version: string };
// vitest 5 fails a test that does not await its assertions.
const passesWithVitest4 = version.startsWith('4.') ? it : it.fails;

const log: string[] = [];
const storage = new AsyncLocalStorage<string>();

beforeAll(async () => {
  await delay(1);
  log.push('beforeAll');
});
afterAll(() => {
  log.length = 0;
});

describe('hooks', () => {
  const started: number[] = [];
  beforeEach(async () => {
    started.push(performance.now());
    await delay(60_000);
    return async () => {
      await delay(60_000);
    };
  });
  afterEach(async () => {
    await delay(60_000);
    expect(performance.now() - started.at(-1)!).toBeGreaterThanOrEqual(120_000);
  });
  it('share the time of the test', async () => {
    const before = performance.now();
    expect(before - started.at(-1)!).toBe(60_000);
    onTestFinished(async () => {
      await delay(60_000);
      log.push('finished');
    });
    await delay(3_600_000);
    expect(performance.now() - before).toBe(3_600_000);
  });
  it('begin anew for each test', () => {
    expect(performance.now() - started.at(-1)!).toBe(60_000);
    expect(log).toEqual(['beforeAll', 'finished']);
  });
});

describe('an interval of beforeEach', () => {
  let ticks = 0;
  let interval: NodeJS.Timeout;
  beforeEach(() => {
    ticks = 0;
    interval = setInterval(() => ticks++, 1000);
  });
  afterEach(() => clearInterval(interval));
  it('ticks in the test', async () => {
    await delay(10_500);
    expect(ticks).toBe(10);
  });
});

describe('vi', () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  it('fakes timers as ever', () => {
    vi.useFakeTimers();
    const callback = vi.fn();
    setTimeout(callback, 1000);
    vi.advanceTimersByTime(999);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledTimes(1);
  });
  it('advances them with promises in between', async () => {
    vi.useFakeTimers({ now: 5 });
    let done = false;
    void (async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await new Promise((resolve) => setTimeout(resolve, 100));
      done = true;
    })();
    await vi.advanceTimersByTimeAsync(200);
    expect(done).toBe(true);
    expect(Date.now()).toBe(205);
  });
  it('gives virtual time back', async () => {
    vi.useFakeTimers();
    vi.useRealTimers();
    const start = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 5000));
    expect(Date.now() - start).toBe(5000);
  });
  it('waits for conditions in virtual time', async () => {
    const start = Date.now();
    let ready = false;
    setTimeout(() => (ready = true), 20_000);
    await vi.waitFor(() => expect(ready).toBe(true), { timeout: 30_000, interval: 1000 });
    expect(Date.now() - start).toBe(20_000);
    await vi.waitUntil(() => Date.now() - start > 30_000, { timeout: 60_000, interval: 1000 });
    await expect.poll(() => Date.now() - start > 60_000, { timeout: 60_000, interval: 1000 }).toBe(true);
  });
  it('gives up waiting in virtual time', async () => {
    await expect(vi.waitFor(() => expect(1).toBe(2), { timeout: 30_000 })).rejects.toThrow('expected 1 to be 2');
  });
});

describe('real work', () => {
  it('imports modules', async () => {
    const before = Date.now();
    const { value } = await import('./lazy.ts');
    expect(value).toBe(7);
    expect(Date.now()).toBe(before);
  });
  it('reads files', async () => {
    const text = await Promise.race([readFile(import.meta.filename, 'utf8'), delay(30_000).then(() => 'too late')]);
    expect(text).toContain('reads files');
  });
  it('asks a server before a long timeout is over', async () => {
    const server = createServer(async (_, response) => {
      await delay(1000);
      response.end('hello');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(
      () =>
        new Promise((resolve) => {
          server.closeAllConnections();
          server.close(() => resolve());
        }),
    );
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(30_000) });
    expect(await response.text()).toBe('hello');
  });
});

describe('fixtures', () => {
  const phases: string[] = [];
  const withService = test.extend<{ service: { ticks: number } }>({
    service: async ({}, use) => {
      await delay(60_000);
      const service = { ticks: 0 };
      const interval = setInterval(() => service.ticks++, 1000);
      await use(service);
      clearInterval(interval);
      await delay(60_000);
      phases.push(`after ${service.ticks}`);
    },
  });
  withService('are set up in virtual time', async ({ service }) => {
    await delay(3500);
    expect(service.ticks).toBe(3);
  });
  withService('and cleaned up', ({ service }) => {
    expect(service.ticks).toBe(0);
    expect(phases).toEqual(['after 3']);
  });
});

describe('aroundEach', () => {
  aroundEach(async (run) => {
    await storage.run('outer', run);
  });
  it('gives its storage to the test', async () => {
    expect(storage.getStore()).toBe('outer');
    await delay(1000);
    expect(storage.getStore()).toBe('outer');
  });
});

describe('the rest of vitest', () => {
  let tries = 0;
  it('retries', { retry: 2 }, async () => {
    await delay(1000);
    expect(++tries).toBe(3);
  });
  it.fails('expects failures', async () => {
    await delay(1000);
    throw new Error('expected');
  });
  it.each([1000, 2000])('has a table: %s', async (ms) => {
    const start = Date.now();
    await delay(ms);
    expect(Date.now() - start).toBe(ms);
  });
  it('annotates', async ({ annotate }) => {
    await annotate('hello');
    await delay(1000);
  });
  passesWithVitest4('waits for assertions that were not awaited', async () => {
    void expect(delay(1000)).resolves.toBeUndefined();
    await delay(1);
  });
  it('skips from inside', async ({ skip }) => {
    await delay(1000);
    skip();
  });
  it('snapshots', async () => {
    await delay(1000);
    expect({ a: 1 }).toMatchInlineSnapshot(`
      {
        "a": 1,
      }
    `);
  });
  it.each([
    ['unhandledRejection', () => void Promise.reject(new Error('nobody catches it'))],
    [
      'uncaughtException',
      () => {
        throw new Error('nobody catches it');
      },
    ],
  ])('listens to what nobody catches: %s', async (event, fail) => {
    const hear = vi.fn<(error: Error) => void>();
    process.on(event, hear);
    onTestFinished(() => void process.off(event, hear));
    setTimeout(fail, 1000);
    await delay(2000);
    expect(hear.mock.calls.map(([error]) => error.message)).toEqual(['nobody catches it']);
  });
  describe.concurrent('concurrent', () => {
    it.each([1, 2, 3, 4, 5, 6, 7, 8])('test %s', async (n) => {
      const start = Date.now();
      await delay(n * 1000);
      expect(Date.now() - start).toBe(n * 1000);
    });
  });
});

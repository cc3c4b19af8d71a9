// First, so that vmThreads gives the others what this one replaces.
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
  test,
  vi,
} from '@timeloom/vitest';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { currentTask, sleep as asyncioSleep } from '@timeloom/asyncio';

const { version } = createRequire(import.meta.url)('vitest/package.json') as { readonly version: string };
// vitest 5 fails a test that does not await its assertions.
const passesWithVitest4 = version.startsWith('4.') ? it : it.fails;

let realStart = 0;
let seeded = Number.NaN;
beforeAll(() => {
  realStart = performance.now();
});
afterAll(() => {
  expect(performance.now() - realStart).toBeLessThan(60_000);
});

describe('time', () => {
  test('is virtual for all that waits', async ({ loop, sleep, io }) => {
    const start = loop.time();
    const date = Date.now();
    await sleep(1000);
    await asyncioSleep(1000);
    await delay(1000);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await io('read', () => 7, { latencyMs: [1000, 1000] })).toBe(7);
    expect(loop.time() - start).toBe(5000);
    expect(Date.now() - date).toBe(5000);
    expect(currentTask()).not.toBeNull();
  });
  test('has chance that comes from a seed', () => {
    seeded = Math.random();
  });
  test('begins at the same date, and with the same chance', () => {
    expect(Date.now()).toBe(Date.UTC(2000, 0, 1));
    expect(Math.random()).toBe(seeded);
  });
  test('can begin elsewhere', { now: new Date('2024-02-29T12:00:00Z'), seed: 5 }, () => {
    expect(new Date().toISOString()).toBe('2024-02-29T12:00:00.000Z');
    expect(Math.random()).not.toBe(seeded);
  });
  test.real('is real where it is wanted', () => {
    expect(Date.now()).toBeGreaterThan(Date.UTC(2024, 0, 1));
  });
});

describe('hooks', () => {
  let ticks = 0;
  let interval: NodeJS.Timeout | undefined;
  beforeEach(async () => {
    ticks = 0;
    interval = setInterval(() => ticks++, 1000);
    await delay(1000);
    return async () => {
      await delay(60_000);
      clearInterval(interval);
    };
  });
  afterEach(async () => {
    const before = ticks;
    await delay(3500);
    expect(ticks - before).toBe(3);
  });
  test('share their time with the test', async ({ sleep }) => {
    expect(ticks).toBe(1);
    await sleep(5000);
    expect(ticks).toBe(6);
    onTestFinished(async () => {
      await delay(60_000);
    });
  });
});

describe('fixtures', () => {
  const phases: string[] = [];
  const extended = test.extend<{ service: { startedAt: number } }>({
    service: async ({ sleep }, use) => {
      await sleep(60_000);
      await use({ startedAt: Date.now() });
      await delay(60_000);
      phases.push('closed');
    },
  });
  extended('are set up in the time of the test', ({ service }) => {
    expect(Date.now()).toBe(service.startedAt);
  });
  extended('and cleaned up', ({ task }) => {
    expect(task.name).toBe('and cleaned up');
    expect(phases).toEqual(['closed']);
  });
  extended.explore('are made once for a search', { runs: 5 }, async ({ service, io, assert }) => {
    await io('x');
    assert(service.startedAt === Date.UTC(2000, 0, 1) + 60_000);
  });
  const built = test.extend('port', async ({}, { onCleanup }) => {
    await delay(1000);
    onCleanup(async () => {
      await delay(1000);
      phases.push('cleaned');
    });
    return 80;
  });
  built('can be built', ({ port }) => {
    expect(port).toBe(80);
  });
  built('and cleaned up, too', () => {
    expect(phases.at(-1)).toBe('cleaned');
  });
});

describe.concurrent('concurrent tests take turns', () => {
  beforeEach(async () => {
    await delay(1000);
  });
  test.for([1, 2, 3, 4, 5, 6, 7, 8])('number %s', async (n, { loop, expect: local, onTestFinished: whenFinished }) => {
    const start = loop.time();
    await delay(n * 1000);
    local(loop.time() - start).toBe(n * 1000);
    whenFinished(() => delay(1000));
  });
  test.explore('and searches as well', { runs: 20 }, async ({ io }) => {
    await Promise.all([io('a'), io('b')]);
  });
});

describe('as in vitest', () => {
  let tries = 0;
  it('retries', { retry: 2 }, async ({ sleep }) => {
    await sleep(1000);
    expect(++tries).toBe(3);
  });
  it.fails('expects failures', async ({ sleep }) => {
    await sleep(1000);
    throw new Error('expected');
  });
  it.each([1000, 2000])('each: %s', async (ms) => {
    const start = Date.now();
    await delay(ms);
    expect(Date.now() - start).toBe(ms);
  });
  it.skipIf(true)('skips', () => {});
  it.todo('is to be done');
  it('skips from inside', async ({ skip, sleep }) => {
    await sleep(1000);
    skip();
  });
  it('takes a time limit last', async () => {
    await delay(60_000);
  }, 30_000);
  it('annotates', async ({ annotate, sleep }) => {
    await annotate('hello');
    await sleep(1000);
  });
  passesWithVitest4('waits for assertions that were not awaited', async () => {
    void expect(delay(1000)).resolves.toBeUndefined();
    await delay(1);
  });
  it('polls in virtual time', async () => {
    let ready = false;
    setTimeout(() => (ready = true), 500);
    await vi.waitFor(() => expect(ready).toBe(true));
  });
});

test.explore('a search that passes tells what it covered', { runs: 50, strategy: 'random' }, async ({ io, assert }) => {
  let count = 0;
  await Promise.all(['a', 'b', 'c'].map((name) => io(name, () => count++)));
  assert(count === 3);
});
test.explore.each(['random', 'pct'])('a search by %s', async () => {
  await delay(1000);
});
test.explore('each run of a search listens to the process anew', { runs: 5 }, async ({ io, assert }) => {
  process.on('SIGUSR2', () => {});
  assert(process.listenerCount('SIGUSR2') === 1);
  await Promise.all(['a', 'b'].map((name) => io(name)));
});

import * as fc from 'fast-check';
import { createTask, Lock, sleep } from '@timeloom/asyncio';
import { afterEach, configure, describe, test } from '@timeloom/vitest';

test('awaits what nobody does', async () => {
  await new Promise(() => {});
});

test('awaits a lock that is held', async () => {
  const lock = new Lock();
  await lock.acquire();
  await lock.acquire();
});

test('spins', async () => {
  for (;;) await sleep(0);
});

test('leaves an interval', async () => {
  setInterval(function poll() {}, 1000);
  await sleep(10);
});

test('leaves a task', async () => {
  createTask(async function worker() {
    await sleep(1000);
  });
  await sleep(10);
});

test('leaves what it may', { leaks: ['poll', 'worker'] }, async () => {
  setInterval(function poll() {}, 1000);
  createTask(async function worker() {
    await sleep(1000);
  });
  await sleep(10);
});

test('leaves something and fails', async () => {
  setInterval(() => {}, 1000);
  throw new Error('told alone');
});

test('rejects behind its back', async () => {
  setTimeout(() => void Promise.reject(new Error('nobody hears')), 5);
  await sleep(10);
});

test('rejects and ends', async () => {
  void Promise.reject(new Error('at the end'));
});

test('throws in a callback', async () => {
  setTimeout(() => {
    throw new Error('in a callback');
  }, 5);
  await sleep(10);
});

test('rejects and hangs', async () => {
  void Promise.reject(new Error('the cause'));
  await new Promise(() => {});
});

test('passes after all of these', async () => {
  await sleep(10);
});

describe('a hook', () => {
  afterEach(async () => {
    await new Promise(() => {});
  });
  test('hangs', () => {});
});

test.explore('loses an update', { runs: 100 }, async ({ io, assert }) => {
  let balance = 0;
  const deposit = async (): Promise<void> => {
    const before = balance;
    await io('save');
    balance = before + 1;
  };
  await Promise.all([deposit(), deposit()]);
  assert(balance === 2, `balance is ${balance}`);
});

test.explore('leaves a timer in some orders', { runs: 200 }, async ({ io, sleep }) => {
  let isDone = false;
  const finish = async (): Promise<void> => {
    await io('finish');
    isDone = true;
  };
  const watch = async (): Promise<void> => {
    await io('watch');
    if (!isDone) setTimeout(function retry() {}, 1000);
  };
  await Promise.all([finish(), watch()]);
  await sleep(1);
});

test.prop([fc.integer({ min: 1, max: 5 })], { seed: 1, numRuns: 50 })(
  'a property fails',
  async (tasks, { io, assert }) => {
    let count = 0;
    const increment = async (): Promise<void> => {
      const before = count;
      await io('save');
      count = before + 1;
    };
    await Promise.all(Array.from({ length: tasks }, increment));
    assert(count === tasks, 'an update was lost');
  },
);
test.prop({ n: fc.nat() }, { seed: 1 })('a property hangs', async () => {
  await new Promise(() => {});
});
test.prop({ n: fc.nat() }, { seed: 1, numRuns: 3 })('a property passes after that', () => {});
test.prop({ n: 7 } as never)('no arbitrary', () => {});
test.prop(7 as never)('no arbitraries', () => {});

test.explore('an unknown strategy', { strategy: 'guess' }, async () => {});
test.explore('a wrong number of runs', { runs: -1 }, async () => {});
test.explore('a wrong lateness', { latenessMs: 'long' as never }, async () => {});
test('a wrong option', { leaks: 7 as never }, async () => {});

describe('a file', () => {
  test('refuses wrong options', () => {
    configure({ leak: 'allow' } as never);
  });
});

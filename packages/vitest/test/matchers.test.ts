import { createTask, Event, sleep } from '@timeloom/asyncio';
import { expect, recordTrace, test } from '@timeloom/vitest';

const after = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

test('toSettleWithin counts virtual time, the last instant included', async ({ loop }) => {
  const start = loop.time();
  await expect(after(1000)).toSettleWithin(1000);
  await expect(sleep(1000)).toSettleWithin(1000);
  await expect(Promise.reject(new Error('expected'))).toSettleWithin(0);
  expect(loop.time() - start).toBe(2000);
});

test('toSettleWithin waits no longer than it has to', async ({ loop }) => {
  const start = loop.time();
  await expect(after(10)).toSettleWithin(1000);
  expect(loop.time() - start).toBe(10);
  expect(loop).toHaveNoTimers();
});

test('toSettleWithin says that the promise is pending', async ({ loop }) => {
  const start = loop.time();
  await expect(expect(new Promise(() => {})).toSettleWithin(1000)).rejects.toThrow(
    'expected the promise to settle within 1000 ms of virtual time, it is pending',
  );
  await expect(after(1000)).not.toSettleWithin(999);
  expect(loop.time() - start).toBe(1999);
  await after(1);
});

test('toSettleAt wants the very instant', async () => {
  await expect(after(1000)).toSettleAt(1000);
  await expect(Promise.resolve()).toSettleAt(0);
  await expect(expect(after(10)).toSettleAt(1000)).rejects.toThrow('it was fulfilled with undefined after 10 ms');
});

test('toDeadlock tells a promise that nobody settles from a slow one', async ({ loop }) => {
  const event = new Event();
  await expect(event.wait()).toDeadlock();
  const start = loop.time();
  await expect(expect(after(3_600_000)).toDeadlock()).rejects.toThrow('fulfilled with undefined after 3600000 ms');
  setTimeout(() => {}, 50);
  await expect(new Promise(() => {})).toDeadlock();
  expect(loop.time() - start).toBe(3_600_050);
});

test('toHaveNoPendingTasks and toHaveNoTimers list what there is', async ({ loop }) => {
  expect(loop).toHaveNoPendingTasks();
  const task = createTask(async function worker() {
    await sleep(100);
  });
  await sleep(1);
  expect(() => expect(loop).toHaveNoPendingTasks()).toThrow(/Task-2 worker\(\) awaits/);
  expect(() => expect(loop).toHaveNoTimers()).toThrow(/due in 99 ms/);
  await task;
  expect(loop).toHaveNoPendingTasks();
  expect(loop).toHaveNoTimers();
});

test('matchers refuse what they cannot judge', async () => {
  expect(() => expect(7).toHaveNoTimers()).toThrow('toHaveNoTimers() expects the loop of a test, got 7');
  expect(() => expect({}).toHaveNoPendingTasks()).toThrow('expects the loop of a test, got an object');
  await expect(expect(7).toSettleWithin(1)).rejects.toThrow('toSettleWithin() expects a promise, got 7');
  await expect(expect(Promise.resolve()).toSettleWithin(-1)).rejects.toThrow('ms must be at least 0, got -1');
  await expect(expect(Promise.resolve()).toSettleAt('1' as never)).rejects.toThrow('ms must be a number');
});

test.real('matchers of virtual time need it', async () => {
  await expect(expect(Promise.resolve()).toSettleWithin(1)).rejects.toThrow('call it in a test in virtual time');
});

test('a trace is a table in a snapshot', async ({ loop }) => {
  const trace = recordTrace(loop);
  await sleep(5);
  await after(10);
  expect(trace).toMatchInlineSnapshot(`
    trace:
          ms  turn  step  task
    1005.000     0                time moves from 1000.000
    1005.000     2     1  Task-1  sleep ends
    1005.000     3     2  Task-1  resumes
    1015.000     3                time moves from 1005.000
    1015.000     4     3  timers  setTimeout
  `);
});

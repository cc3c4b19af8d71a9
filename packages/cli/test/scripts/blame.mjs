/** An exception of a timer is the failure of the test that set it. */
// oxlint-disable-next-line vitest/no-import-node-test -- it is the runner under test
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

for (const [name, delay] of /** @type {const} */ ([
  ['first', 500],
  ['second', 5000],
])) {
  void test(name, { concurrency: true }, async () => {
    setTimeout(() => {
      throw new Error(`thrown by ${name}`);
    }, delay);
    await sleep(10_000);
  });
}
void test('third', () => sleep(10_000));

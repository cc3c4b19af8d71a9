import assert from 'node:assert/strict';
// oxlint-disable-next-line vitest/no-import-node-test -- a suite as users have it
import { test } from 'node:test';

for (let i = 1; i <= 3; i++) {
  void test(`waits for ten minutes, ${i}`, async () => {
    const start = performance.now();
    await new Promise((resolve) => void setTimeout(resolve, 600_000));
    assert.equal(performance.now() - start, 600_000);
  });
}

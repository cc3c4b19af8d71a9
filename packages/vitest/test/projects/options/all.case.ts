import { configure, describe, expect, test } from '@timeloom/vitest';
import * as vitest from 'vitest';

configure({ seed: 2, leaks: ['file'] });

let ofFile = 0;
test('the file counts more than the config', () => {
  ofFile = Math.random();
  expect(Date.now()).toBe(5000);
  setInterval(function file() {}, 1000);
});
test('the test counts more than the file', { seed: 3, now: 7000 }, () => {
  expect(Math.random()).not.toBe(ofFile);
  expect(Date.now()).toBe(7000);
});
test('leaks the file does not allow', () => {
  setInterval(function config() {}, 1000);
});
test.explore('the config has options of searches, too', async ({ io }) => {
  await Promise.all([io('a'), io('b'), io('c')]);
});
test.explore('the test counts more there', { runs: 3 }, async ({ io }) => {
  await Promise.all([io('a'), io('b'), io('c')]);
});

describe('of the runner', () => {
  vitest.test('ordinary tests have the options of the file', () => {
    expect(Date.now()).toBe(5000);
    setInterval(function config() {}, 1000);
  });
  vitest.test('but for those with a tag', { tags: ['slow'] }, () => {
    expect(Date.now()).toBeGreaterThan(1_700_000_000_000);
  });
  test('which is not asked for tests of this package', { tags: ['slow'] }, () => {
    expect(Date.now()).toBe(5000);
  });
});

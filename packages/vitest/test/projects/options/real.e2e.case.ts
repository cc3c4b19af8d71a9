import { expect, test } from 'vitest';

test('files can stay in real time', () => {
  expect(Date.now()).toBeGreaterThan(1_700_000_000_000);
});

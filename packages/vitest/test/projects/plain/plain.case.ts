import { expect, test } from 'vitest';

test('is an ordinary test', () => {
  expect(1 + 1).toBe(2);
});

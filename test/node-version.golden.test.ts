import { expect, it } from 'vitest';

it('the tests run on the version of Node that was asked for', () => {
  expect(process.version).toBe(process.env['TIMELOOM_NODE_VERSION'] ?? process.version);
});

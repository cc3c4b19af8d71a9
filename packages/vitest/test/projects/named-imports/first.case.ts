// First, so that what is replaced is replaced before it is imported by name.
import { expect, it } from '@timeloom/vitest';
import { outdated } from './imported.ts';

it('what the first file imports by name is what is replaced', () => {
  expect(outdated()).toEqual([]);
});

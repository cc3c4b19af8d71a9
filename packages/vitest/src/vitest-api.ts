/** vitest, checked to be one that this package works with. */
import * as vitest from 'vitest';

// An older one lacks these exports: with `import { TestRunner }` its user would get a SyntaxError about our files.
if (typeof (vitest.TestRunner as Partial<typeof vitest.TestRunner> | undefined)?.createTaskCollector !== 'function') {
  throw new Error('@timeloom/vitest needs vitest 4.1 or 5: npm install --save-dev vitest@latest');
}

export const TestRunner: typeof vitest.TestRunner = vitest.TestRunner;

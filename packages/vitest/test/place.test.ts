import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DeadlockError } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { pointedAt, trimCause } from '../src/place.ts';

const ours = (path: string): string => join(import.meta.dirname, '../..', path);
const place = { stack: 'Error\n    at /home/me/shop.test.ts:3:1' };

function deadlock(...frames: readonly string[]): DeadlockError {
  const error = new DeadlockError([], 1000);
  error.stack = [`DeadlockError: ${error.message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

const framesOf = (error: unknown): string[] =>
  (error as Error).stack!.split('\n').flatMap((line) => (line.startsWith('    at ') ? [line.slice(7)] : []));

describe('An error that vitest is to show', () => {
  it('is shown at the place of its test if its stack has frames of ours only, wherever these are', () => {
    const url = pathToFileURL(ours('loop/dist/index.js')).href;
    const frames = [
      `step (${ours('loop/src/kernel.ts')}:1:2)`,
      `${url}:3:4`,
      'process.processImmediate (node:internal)',
    ];
    expect(framesOf(pointedAt(deadlock(...frames), place))).toEqual(['/home/me/shop.test.ts:3:1']);
  });

  it.each(['/home/me/packages/shop/src/shop.ts', '/home/me/packages/loop/src/loop.ts', fileURLToPath(import.meta.url)])(
    'is shown where a user has code: %s',
    (file) => {
      const frames = [`step (${ours('loop/src/kernel.ts')}:1:2)`, `${file}:3:4`];
      expect(framesOf(pointedAt(deadlock(...frames), place))).toEqual(frames);
    },
  );

  it('has no frame at all if neither it nor the place of its test shows code of a user', () => {
    const error = pointedAt(deadlock(`step (${ours('loop/src/kernel.ts')}:1:2)`), null);
    expect((error as Error).stack).toBe(`DeadlockError: ${(error as Error).message}`);
  });

  it('keeps its stack if it is not of ours, and nothing better is known', () => {
    const error = new Error('of a package');
    error.stack = 'Error: of a package\n    at /home/me/node_modules/it/index.js:1:2';
    expect(framesOf(pointedAt(error, null))).toEqual(['/home/me/node_modules/it/index.js:1:2']);
  });

  it('shows its message, and not what it has for programs', () => {
    const error = pointedAt(deadlock(), place);
    expect(Object.keys(error as object)).toEqual([]);
    expect(JSON.stringify(error)).toBe('{}');
    expect((error as DeadlockError).code).toBe('TIMELOOM_DEADLOCK');
  });

  it('is what was thrown if that is no error', () => {
    expect(pointedAt('a text', place)).toBe('a text');
  });
});

describe('Our own frames', () => {
  it('are dropped from a stack that has others', () => {
    const error = new Error('of a user');
    error.stack = `Error: of a user\n    at assert (${ours('explore/src/context.ts')}:1:2)\n    at /home/me/shop.ts:3:4`;
    trimCause(error);
    expect(error.stack).toBe('Error: of a user\n    at /home/me/shop.ts:3:4');
  });

  it('stay where there is nothing else', () => {
    const error = new Error('of ours');
    error.stack = `Error: of ours\n    at step (${ours('loop/src/kernel.ts')}:1:2)`;
    const { stack } = error;
    trimCause(error);
    trimCause('no error');
    expect(error.stack).toBe(stack);
  });

  it('and data for programs say nothing about an error that says it all', () => {
    const error = deadlock(`step (${ours('loop/src/kernel.ts')}:1:2)`);
    trimCause(error);
    expect(error.stack).toBe(`DeadlockError: ${error.message}`);
    expect(JSON.stringify(error)).toBe('{}');
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import type { CliOptions } from 'vitest/node';
import { runner, runProject, type ProjectEnd } from './run-project.ts';

let project: ProjectEnd;

beforeAll(async () => {
  project = await runProject('unchanged', { runner });
}, 60_000);

it('an existing suite passes under the runner, hours of sleep and all', () => {
  const failed = [...project.tests].filter(([, { state }]) => state === 'failed');
  expect(failed.map(([name, { errors }]) => [name, ...errors])).toEqual([]);
  expect(project.otherErrors).toEqual([]);
  expect(project.tests.size).toBe(32);
});

it('tells reporters how much virtual time a test took', () => {
  const { meta } = project.tests.get('hooks > share the time of the test')!;
  expect(meta).toEqual({ timeloom: { virtualMs: 3_840_000, steps: expect.any(Number) } });
});

it('a file that cannot be collected fails with its own error alone, and no other file', async () => {
  const { tests, otherErrors } = await runProject('broken', { runner });
  expect(otherErrors).toEqual(['the file is broken']);
  expect(tests.get('runs beside a broken file')!.state).toBe('passed');
}, 60_000);

describe('a test that hangs', () => {
  const framesOf = async (options: CliOptions): Promise<readonly string[]> => {
    const { tests } = await runProject('stuck', { runner, testTimeout: 0, ...options });
    const [stack] = tests.get('awaits what nobody does')!.stacks;
    expect(stack).toMatch(/^DeadlockError: Deadlock at /);
    return stack!.split('\n').filter((line) => /^ +at /.test(line));
  };

  it('is shown at its line, if vitest knows that', async () => {
    const frames = await framesOf({ includeTaskLocation: true });
    expect(frames).toEqual([expect.stringMatching(/stuck\.case\.ts:3:1\b/)]);
  }, 60_000);

  it('is shown without a line of ours otherwise', async () => {
    expect(await framesOf({})).toEqual([]);
  }, 60_000);
});

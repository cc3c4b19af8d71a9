import { beforeAll, expect, it } from 'vitest';
import { runner, runProject, type ProjectEnd } from './run-project.ts';

let project: ProjectEnd;

beforeAll(async () => {
  project = await runProject('unchanged', { runner });
}, 60_000);

it('an existing suite passes under the runner, hours of sleep and all', () => {
  const failed = [...project.tests].filter(([, { state }]) => state === 'failed');
  expect(failed.map(([name, { errors }]) => [name, ...errors])).toEqual([]);
  expect(project.otherErrors).toEqual([]);
  expect(project.tests.size).toBe(30);
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

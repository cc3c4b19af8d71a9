import { beforeAll, describe, expect, it } from 'vitest';
import { runProject, type ProjectEnd } from './run-project.ts';

describe.each(['forks', 'threads', 'vmThreads', 'vmForks'] as const)('in the pool %s', (pool) => {
  let project: ProjectEnd;

  beforeAll(async () => {
    project = await runProject('api', { pool });
  }, 60_000);

  it('tests, hooks, fixtures and searches pass', () => {
    const failed = [...project.tests].filter(([, { state }]) => state === 'failed');
    expect(failed.map(([name, { errors }]) => [name, ...errors])).toEqual([]);
    expect(project.otherErrors).toEqual([]);
    expect(project.tests.size).toBe(35);
  });

  it('tests are skipped where vitest skips them', () => {
    const skipped = [...project.tests].filter(([, { state }]) => state === 'skipped').map(([name]) => name);
    expect(skipped).toEqual([
      'as in vitest > skips',
      'as in vitest > is to be done',
      'as in vitest > skips from inside',
    ]);
  });

  it('a search tells reporters what it covered', () => {
    const { meta } = project.tests.get('a search that passes tells what it covered')!;
    expect(meta).toMatchObject({ timeloom: { exploration: { passed: true, runs: 50, ended: 'runs' } } });
  });

  it('what is imported by name is what is replaced, and mocks are mocks', async () => {
    const { tests, otherErrors } = await runProject('named-imports', { pool });
    const failed = [...tests].filter(([, { state }]) => state !== 'passed');
    expect(failed.map(([name, { errors }]) => [name, ...errors])).toEqual([]);
    expect(otherErrors).toEqual([]);
    expect(tests.size).toBe(4);
  }, 60_000);
});

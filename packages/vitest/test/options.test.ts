import { timeloom } from '@timeloom/vitest/config';
import { beforeAll, describe, expect, it } from 'vitest';
import { runner, runProject, type ProjectEnd } from './run-project.ts';

const config = {
  now: 5000,
  seed: 1,
  leaks: ['config'],
  explore: { runs: 2 },
  real: { files: ['*.e2e.*'], tags: ['slow'] },
};

describe('options of the config', () => {
  let project: ProjectEnd;

  beforeAll(async () => {
    const { test } = timeloom({ ...config, runner: true }).config({});
    project = await runProject('options', { ...test, runner, tags: [{ name: 'slow' }] });
  }, 60_000);

  it('count less than those of a file, and these less than those of a test', () => {
    const states = Object.fromEntries([...project.tests].map(([name, { state }]) => [name, state]));
    expect(states).toEqual({
      'the file counts more than the config': 'passed',
      'the test counts more than the file': 'passed',
      'leaks the file does not allow': 'failed',
      'the config has options of searches, too': 'passed',
      'the test counts more there': 'passed',
      'of the runner > ordinary tests have the options of the file': 'failed',
      'of the runner > but for those with a tag': 'passed',
      'of the runner > which is not asked for tests of this package': 'passed',
      'files can stay in real time': 'passed',
    });
    expect(project.tests.get('leaks the file does not allow')!.errors[0]).toContain('setInterval config()');
    expect(project.tests.get('of the runner > ordinary tests have the options of the file')!.errors[0]).toMatch(
      /^LeakError/,
    );
  });

  it.each([
    ['the config has options of searches, too', 2],
    ['the test counts more there', 3],
  ])('%s', (name, runs) => {
    expect(project.tests.get(name)!.meta).toMatchObject({ timeloom: { exploration: { runs } } });
  });
});

describe('the plugin', () => {
  it('tells the tests its options, and sets the runner', () => {
    expect(timeloom({ seed: 7, runner: true }).config({ test: { timeloom: { seed: 1, now: 2 } } })).toEqual({
      test: { provide: { timeloom: { seed: 7, now: 2 } }, runner: '@timeloom/vitest/runner' },
    });
    expect(timeloom().config({})).toEqual({ test: { provide: { timeloom: {} } } });
  });

  it.each([
    [{ sed: 1 }, 'timeloom() takes seed, now, leaks, explore, maxSteps, maxStepsPerInstant, real, runner, got "sed"'],
    [{ seed: {} }, 'timeloom().seed must be a number or a string, got an object'],
    [{ leaks: 'ignore' }, "timeloom().leaks must be 'error', 'allow' or an array of names, got \"ignore\""],
    [{ real: { file: [] } }, 'timeloom().real takes files and tags, got "file"'],
    [{ real: { files: 'x' } }, 'timeloom().real.files must be an array of strings, got "x"'],
    [{ runner: 1 }, 'timeloom().runner must be true or false, got 1'],
    [7, 'timeloom() must be an object of options, got 7'],
  ])('refuses %j', (options, message) => {
    expect(() => timeloom(options as never)).toThrow(message);
  });
});

describe('options that the config provides itself', () => {
  const provide = { timeloom: { sed: 1 } as object };
  const message = 'TypeError: provide.timeloom takes seed, now, leaks, ';

  it('fail each test if they are wrong', async () => {
    const { tests } = await runProject('brief', { provide });
    expect(tests.get('waits for less than it takes')!.errors).toEqual([expect.stringContaining(message)]);
  }, 60_000);

  it('fail under the runner as well', async () => {
    const { tests, otherErrors } = await runProject('brief', { provide, runner });
    expect(
      [...tests.values()]
        .flatMap(({ errors }) => errors)
        .concat(otherErrors)
        .join(),
    ).toContain('provide.timeloom');
  }, 60_000);
});

describe("vitest's own time limit", () => {
  let project: ProjectEnd;

  beforeAll(async () => {
    project = await runProject('slow', { runner, testTimeout: 100 });
  }, 60_000);

  it.each(['work of the host that does not end', 'work of the host in an ordinary test'])('ends %s', (name) => {
    expect(project.tests.get(name)!.errors).toHaveLength(1);
    expect(project.tests.get(name)!.errors[0]).toContain('timed out in 100ms');
  });

  it.each(['the next test', 'the last test'])('leaves the host to %s', (name) => {
    expect(project.tests.get(name)!.errors).toEqual([]);
  });
});

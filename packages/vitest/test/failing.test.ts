import { beforeAll, describe, expect, it } from 'vitest';
import { runProject, type ProjectEnd, type TestEnd } from './run-project.ts';

let project: ProjectEnd;

beforeAll(async () => {
  // Without a time limit of vitest's: a test that hangs has nothing else to end it.
  project = await runProject('failing', { testTimeout: 0, hookTimeout: 0 });
}, 60_000);

const endOf = (name: string): TestEnd => project.tests.get(name) ?? expect.fail(`there is no test ${name}`);
const caseFile = /hanging\.case\.ts:(\d+):\d+/;

describe('a test that hangs', () => {
  it('fails with the wait graph, and not for its time limit', () => {
    const { errors } = endOf('awaits what nobody does');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^DeadlockError: Deadlock at \d+ ms: 1 task waits for something that nobody will do/);
    expect(errors[0]).toContain('Task-1 test() awaits a promise that is not the loop’s');
  });

  it('is shown where it waits', () => {
    const { errors, stacks } = endOf('awaits a lock that is held');
    expect(errors[0]).toMatch(
      /Task-1 test\(\) awaits <Lock \[locked, waiters:1\]>, held by Task-1\n +at .*hanging\.case\.ts:12:/,
    );
    expect(stacks[0]).toMatch(caseFile);
  });

  it('fails if it spins', () => {
    expect(endOf('spins').errors[0]).toMatch(/^LivelockError: Livelock at \d+ ms/);
  });

  it('fails in a hook as well', () => {
    expect(endOf('a hook > hangs').errors[0]).toContain('Task-2 afterEach() awaits');
  });
});

describe('a test that leaves something behind', () => {
  it('fails with its name and place', () => {
    const { errors, stacks } = endOf('leaves an interval');
    expect(errors[0]).toMatch(/^LeakError: The test left 1 thing behind:\n {2}setInterval poll\(\)/);
    expect(errors[0]).toMatch(/at .*hanging\.case\.ts:20:3/);
    expect(stacks[0]).toMatch(caseFile);
  });

  it('fails for a task, too', () => {
    expect(endOf('leaves a task').errors[0]).toMatch(/Task-2 worker\(\) awaiting/);
  });

  it('passes if that is allowed by name', () => {
    expect(endOf('leaves what it may').state).toBe('passed');
  });

  it('fails with its own error alone if it has one', () => {
    expect(endOf('leaves something and fails').errors).toEqual(['Error: told alone']);
  });
});

describe('what nobody catches', () => {
  it.each([
    ['rejects behind its back', 'Error: nobody hears'],
    ['rejects and ends', 'Error: at the end'],
    ['throws in a callback', 'Error: in a callback'],
  ])('fails the test that %s, and nobody else', (name, error) => {
    expect(endOf(name).errors).toEqual([error]);
    expect(project.otherErrors).toEqual([]);
  });

  it('is told along with a deadlock', () => {
    const { errors } = endOf('rejects and hangs');
    expect(errors).toHaveLength(2);
    expect(errors.join('\n')).toContain('Error: the cause');
  });

  it('does no harm to the tests that follow', () => {
    expect(endOf('passes after all of these').state).toBe('passed');
  });
});

describe('test.explore', () => {
  it('fails with the report of the search', () => {
    const { errors, stacks, meta } = endOf('loses an update');
    expect(errors[0]).toMatch(/^SearchError: failed: AssertionError: balance is 1/);
    expect(errors[0]).toContain('token: tl1_');
    expect(stacks[0]).toMatch(caseFile);
    expect(meta).toMatchObject({ timeloom: { exploration: { passed: false, ended: 'failure' } } });
  });

  it('finds orders in which something is left behind', () => {
    expect(endOf('leaves a timer in some orders').errors[0]).toContain('setTimeout retry()');
  });

  it.each([
    ['an unknown strategy', 'RangeError: strategy must be one of fifo, random, pct'],
    ['a wrong number of runs', 'RangeError: runs must be a positive whole number or Infinity, got -1'],
    ['a wrong lateness', 'TypeError: latenessMs must be a number of milliseconds, got "long"'],
    ['a wrong option', "TypeError: leaks must be 'error', 'allow' or an array of names, got 7"],
    ['a file > refuses wrong options', 'TypeError: configure() takes seed, now, leaks, explore'],
  ])('%s is refused at the line of the test', (name, error) => {
    const { errors, stacks } = endOf(name);
    expect(errors[0]?.startsWith(error) ? error : errors[0]).toBe(error);
    expect(stacks[0]).toMatch(caseFile);
  });
});

describe('test.prop', () => {
  it('fails with the smallest values and order, and how to get them again', () => {
    const { errors } = endOf('a property fails');
    expect(errors[0]).toContain('seed: 1');
    expect(errors[0]).toMatch(/Counterexample: \[2,schedule: .*\]/);
    expect(errors.join('\n')).toContain('an update was lost');
  });

  it('fails for a deadlock, and leaves the host to the next one', () => {
    expect(endOf('a property hangs').errors.join('\n')).toContain('DeadlockError');
    expect(endOf('a property passes after that').state).toBe('passed');
  });

  it.each([
    ['no arbitrary', 'TypeError: test.prop() takes arbitraries of fast-check, got 7 as "n"'],
    ['no arbitraries', 'TypeError: test.prop() takes an array or an object of arbitraries, got 7'],
  ])('%s is refused at the line of the test', (name, error) => {
    const { errors, stacks } = endOf(name);
    expect(errors).toEqual([error]);
    expect(stacks[0]).toMatch(caseFile);
  });
});

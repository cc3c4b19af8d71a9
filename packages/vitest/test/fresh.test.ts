import { beforeAll, describe, expect, it } from 'vitest';
import { runProject, type ProjectEnd, type TestEnd } from './run-project.ts';

let project: ProjectEnd;

beforeAll(async () => {
  project = await runProject('fresh');
}, 60_000);

const endOf = (name: string): TestEnd => project.tests.get(name) ?? expect.fail(`there is no test ${name}`);

describe('a search of a module that keeps state', () => {
  it('misses what only its first run can show, because that has one order', () => {
    expect(endOf('keeps what its module keeps')).toMatchObject({ state: 'passed', errors: [] });
  });

  it('warns that the first run does not repeat, or fails if that is an error', () => {
    expect(endOf('keeps what its module keeps').annotations).toEqual([
      expect.stringMatching(/^Not deterministic: Not deterministic: when its first run was repeated [^]*a fetches/),
    ]);
    const { state, errors } = endOf('must not keep what its module keeps');
    expect(state).toBe('failed');
    expect(errors[0]).toMatch(/^SearchError: failed: not deterministic: when its first run was repeated /);
  });

  it('finds it if each run resets the modules and imports them, the same each time', () => {
    const { state, errors } = endOf('imports its module anew');
    expect(state).toBe('failed');
    expect(errors[0]).toMatch(/^SearchError: failed: AssertionError: one was told a, the other b\n/);
    expect(errors[0]).toContain('1 difference from first in, first out');
    expect(errors[0]).toContain('at cached');
    expect(errors[0]).not.toContain('not deterministic');
  });

  it('leaves no error to nobody', () => {
    expect(project.otherErrors).toEqual([]);
  });
});

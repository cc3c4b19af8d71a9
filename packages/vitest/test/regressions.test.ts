import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { runProject, type TestEnd } from './run-project.ts';

const folder = join(import.meta.dirname, 'projects/regressions');
const file = join(folder, 'bank.case.ts.timeloom.txt');
const name = 'a bank > loses no money';

async function runBank(options: { readonly mended?: boolean; readonly update?: boolean } = {}): Promise<TestEnd> {
  const env = { BANK: options.mended === true ? 'mended' : 'as it was' };
  const { tests } = await runProject('regressions', { env, update: options.update === true ? 'all' : 'new' });
  return tests.get(name)!;
}

// On a busy machine vitest takes its time to start, and these tests start it several times.
const startsMs = 240_000;

/** Lines of the file that are no comments. */
const kept = (): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

beforeEach(() => rmSync(file, { force: true }));
afterAll(() => rmSync(file, { force: true }));

describe('A schedule that makes a test fail', () => {
  it(
    'is kept beside the test, tried first, and gone with -u once the program is mended',
    async () => {
      const found = await runBank();
      expect(found.state).toBe('failed');
      expect(found.errors[0]).toContain('ann has 90');
      expect(found.errors.slice(1)).toEqual([
        expect.stringContaining('(write ann) is held back'),
        expect.stringContaining('(read ann) runs first'),
      ]);
      expect(found.annotations[0]).toMatch(/^The order in which it fails: failed: AssertionError: ann has 90\n/);
      expect(kept()).toEqual([expect.stringMatching(/^tl1_[\w-]+ a bank > loses no money$/)]);

      const again = await runBank();
      expect(again.errors[0]).toContain(`Fails as before, with the schedule of ${file}:4`);
      expect(again.meta).toMatchObject({ timeloom: { exploration: { runs: 1, passed: false } } });
      expect(kept()).toHaveLength(1);

      const mended = await runBank({ mended: true });
      expect(mended.state).toBe('passed');
      expect(kept()).toHaveLength(1);

      const updated = await runBank({ mended: true, update: true });
      expect(updated.state).toBe('passed');
      expect(readdirSync(folder).filter((one) => one.includes('timeloom'))).toEqual([]);
    },
    startsMs,
  );

  it(
    'stays when -u updates and it still fails',
    async () => {
      await runBank();
      const updated = await runBank({ update: true });
      expect(updated.state).toBe('failed');
      expect(kept()).toHaveLength(1);
    },
    startsMs,
  );
});

describe('A regression file that cannot be read', () => {
  it.each([
    ['tl1_z2fwAQYAAQ other test\nnonsense\n', `${file}:2: expected a token and the name of a test, got "nonsense"`],
    [
      'tl9_AAAA a bank > loses no money\n',
      `${file}:1: the token cannot be read: Not a replay token: at byte 2, version 9 is unknown. Replay it with the Timeloom that made it. Mend the line`,
    ],
  ])(
    'fails the test with the line, and loses nothing: %j',
    async (text, message) => {
      writeFileSync(file, text);
      const { state, errors, stacks } = await runBank();
      expect(state).toBe('failed');
      expect(errors[0]).toContain(message);
      expect(stacks[0]).toContain('bank.case.ts');
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
    60_000,
  );
});

import { explore, failureKey, formatExploration, fromPlain, toPlain, type PlainExploration } from '@timeloom/explore';
import { describe, expect, it } from 'vitest';
import { lockOrder, lostUpdate } from './programs.ts';

const viaJson = (plain: PlainExploration): PlainExploration => JSON.parse(JSON.stringify(plain)) as PlainExploration;

describe('An exploration as plain data', () => {
  it.each([
    ['an assertion', lostUpdate],
    ['a deadlock', lockOrder],
    [
      'what is no error',
      () => {
        throw 7;
      },
    ],
  ])('keeps all that a report tells, of %s', async (_, program) => {
    const exploration = await explore(program, { seed: 1, reorder: 'free' });
    const copy = fromPlain(viaJson(toPlain(exploration)));
    expect(formatExploration(copy)).toBe(formatExploration(exploration));
    expect(toPlain(copy)).toEqual(toPlain(exploration));
    expect(exploration.passed).toBe(false);
  });

  it('keeps name, message, stack and code of an error', async () => {
    const { failures } = await explore(lockOrder, { seed: 1, reorder: 'free' });
    const [copy] = fromPlain(
      viaJson(toPlain({ ...(await explore(lockOrder, { seed: 1, reorder: 'free' })), failures })),
    ).failures;
    const { outcome } = failures[0]!;
    const { outcome: copied } = copy!;
    if (outcome.kind === 'passed' || copied.kind === 'passed') throw new Error('both must have failed');
    const { name, message, stack, code } = outcome.error as Error & { code: string };
    expect(copied.error).toBeInstanceOf(Error);
    expect(copied.error).toMatchObject({ name, message, stack, code });
    expect(failureKey(copied)).not.toBeNull();
  });
});

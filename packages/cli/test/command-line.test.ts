import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../src/command-line.ts';

async function timeloom(...args: string[]) {
  let out = '';
  let err = '';
  const exitCode = await runCommandLine(args, {
    writeOut: (text) => void (out += text),
    writeErr: (text) => void (err += text),
  });
  return { exitCode, out, err };
}

test('help and version are on stdout and exit with 0', async () => {
  const help = await timeloom('run', '--help');
  expect(help).toMatchObject({ exitCode: 0, err: '' });
  for (const text of ['--real', '--trace', '--seed <N>', '--max-steps <N>', 'Exit codes:', '3  deadlock', 'stderr']) {
    expect(help.out).toContain(text);
  }
  expect(await timeloom('--version')).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

test.each(['explore', 'replay'])('%s --help has its options and exit codes', async (command) => {
  const help = await timeloom(command, '--help');
  expect(help).toMatchObject({ exitCode: 0, err: '' });
  for (const text of [
    '--reorder <WHAT>',
    '--lateness <MS>',
    '--json',
    'Exit codes:',
    '1    a failure was found',
    '--scope <WHAT>',
    '--run-ahead <MS>',
  ]) {
    expect(help.out).toContain(text);
  }
});

describe('a wrong command line exits with 2 and says what is wrong', () => {
  const wholeNumber = 'It must be a whole number from -9007199254740991 to 9007199254740991.';
  test.each<[args: string[], message: string]>([
    [[], 'Usage: timeloom'],
    [['walk'], "unknown command 'walk'"],
    [['run'], "missing required argument 'FILE'"],
    [['run', 'a.ts', 'b.ts'], 'too many arguments'],
    [['run', 'a.ts', '--sead', '1'], "unknown option '--sead'\n(Did you mean --seed?)"],
    [['run', 'a.ts', '--seed', 'one'], `option '--seed <N>' argument 'one' is invalid. ${wholeNumber}`],
    [['run', 'a.ts', '--seed', '1.5'], `argument '1.5' is invalid. ${wholeNumber}`],
    [['run', 'a.ts', '--seed', ''], `argument '' is invalid. ${wholeNumber}`],
    [['run', 'a.ts', '--seed', '9007199254740993'], `argument '9007199254740993' is invalid. ${wholeNumber}`],
    [['run', 'a.ts', '--seed'], "option '--seed <N>' argument missing"],
    [['run', 'a.ts', '--max-steps', '0'], "argument '0' is invalid. It must be a positive whole number."],
    [['run', 'a.ts', '--max-steps', '1e3'], "argument '1e3' is invalid. It must be a positive whole number."],
    [['explore'], "missing required argument 'FILE'"],
    [['explore', 'a.ts', '--runs', '0'], 'It must be a positive whole number.'],
    [['explore', 'a.ts', '--strategy', 'luck'], 'Allowed choices are fifo, random, pct, '],
    [['explore', 'a.ts', '--reorder', 'all'], 'Allowed choices are ties, ready, free.'],
    [['explore', 'a.ts', '--lateness', '-1'], 'It must be a number of milliseconds, 0 or more.'],
    [['replay', 'a.ts'], "missing required argument 'TOKEN'"],
  ])('%j', async (args, message) => {
    const { exitCode, err, out } = await timeloom(...args);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
    expect(out).toBe('');
  });
});

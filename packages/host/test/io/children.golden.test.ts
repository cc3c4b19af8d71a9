import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pause, withHost } from './helpers.ts';

const sleepFor = (ms: number): string => `setTimeout(() => {}, ${ms})`;
const computeFor = (ms: number): string => `const end = performance.now() + ${ms}; while (performance.now() < end);`;
const printFor = (ms: number): string =>
  `const printing = setInterval(console.log, 20, '.'); setTimeout(() => clearInterval(printing), ${ms})`;
const delegate = (code: string): string =>
  `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(code)}], { stdio: 'ignore' })`;

function start(code: string): ChildProcess {
  const child = spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdout.resume();
  onTestFinished(() => void child.kill());
  return child;
}

const endOrMinute = (child: ChildProcess): Promise<string> =>
  Promise.race([once(child, 'exit').then(() => 'end'), pause(60_000).then(() => 'minute')]);

/** Which comes first, the end of the process or a minute of the clock. */
const first = (code: string, patienceMs = 150): Promise<string> =>
  withHost(() => endOrMinute(start(code)), { io: { patienceMs } });

describe('A child process', { tags: ['host'] }, () => {
  it('is alive as long as it prints', async () => {
    expect(await first(printFor(300))).toBe('end');
  });

  // Other systems have no files that tell.
  it.runIf(process.platform === 'linux').each([
    ['itself', computeFor(600)],
    ['by one that it has started', delegate(computeFor(600))],
  ])('is alive as long as it computes %s, although it is silent', async (_, code) => {
    // Six times that at most, in which a busy machine has to start it as well.
    expect(await first(code, 400)).toBe('end');
  });

  it('that is silent and only waits is waited for no more', async () => {
    expect(await first(sleepFor(60_000))).toBe('minute');
  });

  it('that never ends is waited for no more, be it at work or not', async () => {
    expect(await first('for (;;);')).toBe('minute');
  });

  it.each([
    ['sent a signal', (child: ChildProcess) => void child.kill()],
    ['given input', (child: ChildProcess) => void child.stdin?.write('go')],
  ])('that was waited for no more is waited for again when it is %s', async (_, ask) => {
    const ends = await withHost(
      async () => {
        const child = start(`process.stdin.once('data', () => process.exit())`);
        const silent = await endOrMinute(child);
        ask(child);
        return [silent, await endOrMinute(child)];
      },
      { io: { patienceMs: 150 } },
    );
    expect(ends).toEqual(['minute', 'end']);
  });
});

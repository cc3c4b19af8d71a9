import { join } from 'node:path';
import { startVitest } from 'vitest/node';
import { describe, expect, it } from 'vitest';
import TimeloomReporter from '../src/reporter.ts';

interface Output {
  readonly log: readonly string[];
  readonly terminal: string;
}

/** What the reporter says of a project. */
async function reportOf(project: string): Promise<Output> {
  const written: string[] = [];
  const log: string[] = [];
  const reporter = new TimeloomReporter({ terminal: { write: (text) => written.push(text) } });
  const { onInit } = reporter;
  reporter.onInit = (vitest) => {
    vitest.logger.log = (...data: unknown[]) => void log.push(data.join(' '));
    onInit.call(reporter, vitest);
  };
  const resolve = { conditions: ['@timeloom/source'] };
  const vitest = await startVitest(
    'test',
    [],
    {
      root: join(import.meta.dirname, 'projects', project),
      config: false,
      watch: false,
      include: ['*.case.ts'],
      reporters: [reporter],
    },
    { resolve, ssr: { resolve } },
  );
  await vitest.close();
  return { log, terminal: written.join('') };
}

describe('The reporter', () => {
  it('says how much virtual time passed, what searches covered, and how far one is that runs', async () => {
    const { log, terminal } = await reportOf('reported');
    expect(log).toEqual([
      expect.stringMatching(/^Virtual time {2}2 h 0 min in [\d.]+ m?s(, [\d,]+ times as fast)?$/),
      'Orders  4,000 schedules of 1 test passed',
    ]);
    expect(terminal).toMatch(/long search: \d+ runs, \d+ schedules\/s, \d+ orders/);
    expect(terminal.endsWith('\r\u001B[K')).toBe(true);
  }, 60_000);

  it('names no factor where tests take longer than what they wait for', async () => {
    const { log } = await reportOf('brief');
    expect(log).toEqual([
      expect.stringMatching(/^Virtual time {2}1 ms in [\d.]+ m?s$/),
      'Orders  1 schedule of 1 test passed',
    ]);
  }, 60_000);

  it('says nothing where nothing needs saying', async () => {
    expect(await reportOf('plain')).toEqual({ log: [], terminal: '' });
  }, 60_000);
});

import { readFileSync } from 'node:fs';
import { DeadlockError, EventLoop, VirtualClock } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { installHost } from '../src/index.ts';
import type { Program } from './conformance/program.d.ts';
import { inVirtualTime } from './conformance/programs/exceptions.mjs';
import { programs } from './conformance/programs/index.mjs';

/** Lines by program, and by major version of Node where these differ. See conformance/record.mjs. */
const recorded = JSON.parse(readFileSync(new URL('conformance/recorded.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<string, string[]>
>;

const [major = ''] = process.versions.node.split('.');

/** The lines of a program on this version of Node. */
const onHost = (name: string): string[] | undefined => recorded[name]?.['all'] ?? recorded[name]?.[major];

/** Its lines in virtual time. */
async function runVirtually(program: Program): Promise<string[]> {
  const lines: string[] = [];
  let uncaught = (error: Error): void => void lines.push(`uncaught: ${error.message}`);
  const loop = new EventLoop({ clock: new VirtualClock() });
  loop.setExceptionHandler((_, report) => uncaught(report.exception as Error));
  using _host = installHost(loop);
  loop.callSoon(() => {
    const log = (line: string): void => void lines.push(line);
    void Promise.resolve(program(log, (handler) => (uncaught = handler))).catch((error: Error) => uncaught(error));
  });
  // Nothing is left that keeps the program alive: a process would end here.
  await expect(loop.runForever()).rejects.toThrow(DeadlockError);
  return lines;
}

describe('A program prints in virtual time what it prints on the real host:', () => {
  it.each(Object.keys(programs).filter((name) => !(name in inVirtualTime)))('%s', async (name) => {
    expect(await runVirtually(programs[name]!)).toEqual(onHost(name));
  });

  it.each(Object.entries(inVirtualTime))('but not: %s', async (name, lines) => {
    expect(await runVirtually(programs[name]!)).toEqual(lines);
    expect(onHost(name)).not.toEqual(lines);
  });

  it('every recorded program is run', () => {
    expect(Object.keys(recorded).toSorted()).toEqual(Object.keys(programs).toSorted());
  });
});

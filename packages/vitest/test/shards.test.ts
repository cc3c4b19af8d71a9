import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startVitest } from 'vitest/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import TimeloomReporter from '../src/reporter.ts';
import { runProject, type ProjectEnd } from './run-project.ts';

const root = join(import.meta.dirname, 'projects/sharded');
const keptFile = join(root, 'counter.case.ts.timeloom.txt');
const blobs = mkdtempSync(join(tmpdir(), 'timeloom-blobs-'));

const removeKept = (): void => rmSync(keptFile, { force: true });

beforeAll(removeKept);
afterAll(() => {
  removeKept();
  rmSync(blobs, { recursive: true });
});

async function runShard(number: number): Promise<ProjectEnd> {
  const outputFile = join(blobs, `blob-${number}-2.json`);
  return await runProject('sharded', { shard: `${number}/2`, update: 'new', reporters: [['blob', { outputFile }]] });
}

/** What our reporter says of all shards, and the tests that are in them. */
async function mergeReports(): Promise<{ readonly log: readonly string[]; readonly tests: readonly string[] }> {
  const log: string[] = [];
  const reporter = new TimeloomReporter({ terminal: null });
  const { onInit } = reporter;
  reporter.onInit = (vitest) => {
    vitest.logger.log = (...data: unknown[]) => void log.push(data.join(' '));
    onInit.call(reporter, vitest);
  };
  const options = { root, config: false as const, watch: false, include: ['*.case.ts'], reporters: [reporter] };
  const vitest = await startVitest('test', [], { ...options, mergeReports: blobs });
  const tests = vitest.state
    .getTestModules()
    .flatMap((module) => [...module.children.allTests()])
    .map((test) => `${test.name}: ${test.result().state}`);
  await vitest.close();
  return { log, tests };
}

it('the shards of a suite run its tests once, keep what they find, and are told of as one', async () => {
  const failing: string[] = [];
  for (const number of [1, 2]) {
    const hadKept = existsSync(keptFile);
    const { tests, otherErrors } = await runShard(number);
    expect(otherErrors).toEqual([]);
    expect(tests.size).toBe(1);
    const failed = [...tests].filter(([, { state }]) => state === 'failed').map(([name]) => name);
    failing.push(...failed);
    // The shard that the search is not in leaves its file alone.
    expect(existsSync(keptFile)).toBe(hadKept || failed.length > 0);
  }
  expect(failing).toEqual(['loses no update']);

  const kept = readFileSync(keptFile, 'utf8');
  const { log, tests } = await mergeReports();
  expect(tests.toSorted()).toEqual(['loses no update: failed', 'sleeps for two hours: passed']);
  expect(log).toEqual([expect.stringMatching(/^Virtual time {2}2 h 0 min in /)]);
  expect(readFileSync(keptFile, 'utf8')).toBe(kept);
}, 60_000);

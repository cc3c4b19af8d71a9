import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';

/** What loads a program does work of its own, in ways that differ from one Node to the next. */

// On a busy machine processes take their time to begin.
vi.setConfig({ testTimeout: 60_000 });

const bin = fileURLToPath(new URL('../bin/timeloom.js', import.meta.url));
const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** As in a process that loads the file for the first time, and has nothing of it in a cache. */
async function run(file: string): Promise<{ exitCode: unknown; stdout: string; stderr: string }> {
  const temporary = mkdtempSync(join(tmpdir(), 'timeloom-no-main-'));
  try {
    // Without the runner's own options: a user's Node has none.
    const env = { ...process.env, NODE_OPTIONS: '', TMPDIR: temporary };
    return await new Promise((resolve) => {
      execFile(process.execPath, [bin, 'run', file], { env, timeout: 50_000 }, (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : (error.code ?? error.signal), stdout, stderr });
      });
    });
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

test('a program that has no main, and does nothing itself, is told so', async () => {
  const { exitCode, stderr } = await run(pathOf('programs/no-main.ts'));
  expect(stderr).toMatch(/^timeloom: .*no-main\.ts has no main: export an async function named main, .*\n$/);
  expect(exitCode).toBe(2);
});

test('a script that only reads a file is one', async () => {
  const { exitCode, stdout, stderr } = await run(pathOf('scripts/reads.mjs'));
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'read\n' });
  expect(stderr).toMatch(/^0\.000 s of virtual time in /);
});

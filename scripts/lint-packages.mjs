/** Checks what would be published: publint and "Are the types wrong?", over each public package. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const publint = join(root, 'node_modules/publint/src/cli.js');
const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');

const folders = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .filter((folder) => existsSync(join(folder, 'package.json')))
  .filter((folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private !== true);

let failed = false;

/** @param {string} folder @param {string[]} command */
function check(folder, command) {
  const { status } = spawnSync(process.execPath, command, { cwd: folder, stdio: 'inherit' });
  if (status !== 0) failed = true;
}

for (const folder of folders) {
  check(folder, [publint, '--strict']);
  check(folder, [attw, '--pack', '.', '--profile', 'esm-only', '--no-emoji', '--no-summary', '--format', 'ascii']);
}
process.exitCode = failed ? 1 : 0;

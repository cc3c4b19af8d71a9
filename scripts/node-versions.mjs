/**
 * Runs the golden tests under every supported version of Node: a program has to give the same trace
 * on all of them. Each version comes from the npm package `node` and is kept in .cache.
 *
 *     node scripts/node-versions.mjs [major...]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const supported = ['20', '22', '24', '26'];
const root = join(import.meta.dirname, '..');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const windows = process.platform === 'win32';

/**
 * The path of a Node of that major version, installed if need be.
 *
 * @param {string} major
 */
function provideNode(major) {
  const folder = join(root, '.cache/node-versions', major);
  const binary = join(folder, 'node_modules/node/bin', windows ? 'node.exe' : 'node');
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  // The package fetches the binary in an install script, which has to be allowed by name.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }));
  const args = ['install', `node@${major}`, '--prefix', folder, '--no-audit', '--no-fund', '--no-package-lock'];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit', shell: windows });
  if (status !== 0) throw new Error(`npm could not install node@${major}: see above`);
  return binary;
}

/** @param {string} binary */
function versionOf(binary) {
  return spawnSync(binary, ['-p', 'process.version'], { encoding: 'utf8' }).stdout?.trim() ?? '';
}

/**
 * True if the golden tests passed under this version.
 *
 * @param {string} major
 */
function runGoldenTests(major) {
  const binary = provideNode(major);
  const version = versionOf(binary);
  if (!version.startsWith(`v${major}.`)) throw new Error(`${binary} should be Node ${major}, and says ${version}`);
  console.log(`\nNode ${version}`);
  // node-version.golden.test.ts compares this with the Node that it runs on.
  const env = { ...process.env, TIMELOOM_NODE_VERSION: version };
  const args = [vitest, 'run', '--config', 'vitest.workspace.ts', '.golden.test.ts'];
  return spawnSync(binary, args, { cwd: root, stdio: 'inherit', env }).status === 0;
}

const asked = process.argv.slice(2);
const failed = (asked.length === 0 ? supported : asked).filter((major) => !runGoldenTests(major));
if (failed.length > 0) {
  console.error(`\nThe golden tests fail on Node ${failed.join(', ')}.`);
  process.exitCode = 1;
}

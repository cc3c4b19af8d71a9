/**
 * Records what the programs print on real versions of Node, into recorded.json:
 *
 *     node packages/host/test/conformance/record.mjs <path of a node>...
 *
 * Each program runs until five runs have printed the same, seven times at most.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programs } from './programs/index.mjs';

const run = promisify(execFile);
const runs = 7;
const agreeing = 5;
const nodes = process.argv.slice(2);
if (nodes.length === 0) throw new Error('usage: node record.mjs <path of a node>...');

/** @type {string[]} */
const unstable = [];

/**
 * What most runs print: in one or the other, two calls that follow each other fall into two
 * milliseconds, which changes the order of their timers.
 *
 * @param {string} node
 * @param {string} name
 * @returns {Promise<string[]>}
 */
async function record(node, name) {
  /** @type {Map<string, number>} */
  const printed = new Map();
  for (let i = 0; i < runs; i++) {
    const { stdout } = await run(node, ['--no-warnings', join(import.meta.dirname, 'run-on-host.mjs'), name]);
    const count = (printed.get(stdout) ?? 0) + 1;
    printed.set(stdout, count);
    if (count === agreeing) return /** @type {string[]} */ (JSON.parse(stdout));
  }
  unstable.push(`${name}:\n  ${[...printed.keys()].join('\n  ')}`);
  return [];
}

/** @type {Record<string, Record<string, string[]>>} */
const recorded = {};
for (const node of nodes) {
  const { stdout } = await run(node, ['-p', 'process.versions.node.split(".")[0]']);
  const major = stdout.trim();
  for (const name of Object.keys(programs)) {
    (recorded[name] ??= {})[major] = await record(node, name);
  }
}

if (unstable.length > 0) throw new Error(`These programs print now this, now that:\n${unstable.join('\n')}`);

/** What all versions agree on is written once, as `all`. */
const compact = Object.entries(recorded).map(([name, byVersion]) => {
  const different = new Set(Object.values(byVersion).map((lines) => JSON.stringify(lines)));
  return [name, different.size === 1 ? { all: Object.values(byVersion)[0] } : byVersion];
});
writeFileSync(join(import.meta.dirname, 'recorded.json'), `${JSON.stringify(Object.fromEntries(compact), null, 2)}\n`);

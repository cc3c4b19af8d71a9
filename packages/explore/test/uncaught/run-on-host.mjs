/**
 * Runs a program on the real host. Prints its lines as JSON, `true` behind them if the process has not
 * ended with an error:
 *
 *     node run-on-host.mjs <name of the program>
 */
import { writeSync } from 'node:fs';
import { programs } from './programs.mjs';

const program = programs[process.argv[2] ?? ''];
if (program === undefined) throw new Error(`no program is called ${process.argv[2]}`);

/** @type {string[]} */
const lines = [];
process.on('exit', (code) => writeSync(1, JSON.stringify({ lines, passed: code === 0 })));
// In a macrotask, as the step of a loop is: the top level of a module is a microtask, where ticks wait.
setImmediate(() => {
  void program((line) => void lines.push(line));
});

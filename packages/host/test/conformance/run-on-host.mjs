/**
 * Runs one program in real time and prints its lines as JSON when nothing keeps it alive any more:
 *
 *     node run-on-host.mjs <name of the program>
 */
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import { programs } from './programs/index.mjs';

const program = programs[process.argv[2] ?? ''];
if (program === undefined) throw new Error(`no program is called ${process.argv[2]}`);

/** @type {string[]} */
const lines = [];
/** @type {(error: Error) => void} */
let uncaught = (error) => lines.push(`uncaught: ${error.message}`);
process.on('uncaughtException', (error) => uncaught(error));
process.on('exit', () => process.stdout.write(JSON.stringify(lines)));

// Timers count in milliseconds of the system's clock: a program that begins with one gives all of its
// first timers the same start. What it uses is loaded before.
await sleep(1);
await immediate();
while (process.hrtime.bigint() % 1_000_000n > 50_000n);

// In a macrotask, as in virtual time: the top level of a module is a microtask, where ticks wait.
setImmediate(() => {
  void program(
    (line) => void lines.push(line),
    (handler) => {
      uncaught = handler;
    },
  );
});

/** Ordinary JavaScript that takes two hours. */
import { readFile } from 'node:fs/promises';
import { setInterval as every, setTimeout as sleep } from 'node:timers/promises';

const start = Date.now();
/** @param {string} what */
const stamp = (what) => console.log(`${what} ${Date.now() - start}`);

setTimeout(stamp, 7_200_000, 'two hours');
setTimeout(stamp, 1, 'timeout 1');
setTimeout(stamp, 0, 'timeout 0');
setImmediate(stamp, 'immediate');
await sleep(60_000);
stamp('one minute');
const text = await readFile(new URL(import.meta.url), 'utf8');
stamp(`read ${text.length > 100}`);
let ticks = 0;
for await (const _ of every(1000)) if (++ticks === 3) break;
stamp('three ticks');
const timeout = AbortSignal.timeout(500);
await new Promise((resolve) => timeout.addEventListener('abort', resolve));
stamp(timeout.reason.name);
process.once('beforeExit', () => void setTimeout(stamp, 5000, 'once more'));

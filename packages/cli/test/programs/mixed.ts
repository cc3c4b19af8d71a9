import { readFile } from 'node:fs/promises';
import { sleep } from '@timeloom/asyncio';

export async function main() {
  const start = Date.now();
  const stamp = (what: string) => console.log(what, Date.now() - start);
  setTimeout(stamp, 2500, 'timeout');
  await sleep(2000);
  stamp('slept');
  await readFile(import.meta.filename);
  stamp('read');
  await sleep(1000);
  stamp('slept');
}

import { sleep } from '@timeloom/asyncio';

async function fails() {
  await sleep(5);
  throw new Error('the program failed', { cause: new RangeError('because of this') });
}

export async function main() {
  console.log('before');
  await fails();
}

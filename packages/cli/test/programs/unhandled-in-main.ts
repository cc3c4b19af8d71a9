import { sleep } from '@timeloom/asyncio';

// It fails while its loop runs, and goes on for an hour if nobody ends it.
export async function main() {
  await sleep(10);
  void Promise.reject(new Error('nobody heard this'));
  await sleep(3_600_000);
  console.log('went on');
}

import { createTask, gather, getRunningLoop, sleep } from '@timeloom/asyncio';

/** A hundred tasks sleep 1 to 5 seconds, by the seed of the loop. */
export async function main() {
  const { random } = getRunningLoop();
  async function work(id: number, delayMs: number) {
    await sleep(delayMs);
    console.log(`${id} slept ${delayMs} ms`);
  }
  const tasks = Array.from({ length: 100 }, (_, id) => {
    const delayMs = 1000 * (1 + Math.floor(5 * random()));
    return createTask(() => work(id, delayMs));
  });
  await gather(tasks);
}

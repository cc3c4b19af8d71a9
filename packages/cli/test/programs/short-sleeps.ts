import { gather, sleep } from '@timeloom/asyncio';

export async function main() {
  const work = async (delayMs: number) => {
    await sleep(delayMs);
    console.log(`slept ${delayMs} ms`);
  };
  await gather([() => work(4), () => work(1), () => work(2)]);
}

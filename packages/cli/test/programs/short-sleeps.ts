import { gather, sleep } from '@timeloom/asyncio';

export async function main() {
  const work = async (delayMs: number) => {
    await sleep(delayMs);
    console.log(`slept ${delayMs} ms`);
  };
  // The shortest begins first: however late a busy machine lets the others begin, they end in this order.
  await gather([() => work(1), () => work(2), () => work(4)]);
}

import { sleep } from '@timeloom/asyncio';

export async function main() {
  for (;;) await sleep(0);
}

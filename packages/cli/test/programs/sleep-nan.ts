import { sleep } from '@timeloom/asyncio';

export async function main() {
  await sleep(NaN);
}

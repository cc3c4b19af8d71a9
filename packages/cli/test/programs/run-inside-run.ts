import { run, sleep } from '@timeloom/asyncio';

export async function main() {
  await run(() => sleep(1));
}

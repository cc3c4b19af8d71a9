import { sleep } from '@timeloom/asyncio';

export async function main() {
  await sleep('1' as unknown as number);
}

import { gather } from '@timeloom/asyncio';

export async function main() {
  await gather(42 as never);
}

import { getRunningLoop } from '@timeloom/asyncio';

export async function main() {
  await using resource = { [Symbol.asyncDispose]: async () => console.log('disposed') };
  console.log(resource !== null, String(getRunningLoop()));
}

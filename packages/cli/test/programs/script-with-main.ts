import { run, sleep } from '@timeloom/asyncio';

export async function main() {
  await sleep(1000);
  console.log('main ran');
}

// Not awaited: the command has to wait by itself.
void run(main);

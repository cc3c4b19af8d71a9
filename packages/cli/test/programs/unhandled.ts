import { run, sleep } from '@timeloom/asyncio';

// Nobody awaits it: the failure can only be heard as an unhandled rejection.
void run(async () => {
  await sleep(10);
  throw new Error('nobody heard this');
});

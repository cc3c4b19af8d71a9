import { run, sleep } from '@timeloom/asyncio';

await run(() => sleep(1));
await run(() => sleep(2));

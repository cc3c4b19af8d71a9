import { run, sleep } from '@timeloom/asyncio';

await run(() => sleep(1));

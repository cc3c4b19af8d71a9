import { newEventLoop, sleep } from '@timeloom/asyncio';

const loop = newEventLoop();
loop.close();
await loop.runUntilComplete(() => sleep(1));

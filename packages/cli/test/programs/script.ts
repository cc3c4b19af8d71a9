import { newEventLoop, run, sleep } from '@timeloom/asyncio';

await run(() => sleep(1000));
const loop = newEventLoop();
await loop.runUntilComplete(() => sleep(500));
loop.close();
console.log('a script ran');

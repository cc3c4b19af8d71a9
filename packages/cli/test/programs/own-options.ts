import { newEventLoop, VirtualClock } from '@timeloom/asyncio';

const loop = newEventLoop({ clock: new VirtualClock(7000), seed: 'mine' });
console.log(loop.time() === 7000, loop.clock.virtual, loop.seed);
loop.close();

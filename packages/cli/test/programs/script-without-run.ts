import { newEventLoop } from '@timeloom/asyncio';

newEventLoop().close();
console.log('made and closed');

import { run, sleep } from '@timeloom/asyncio';

const start = Date.now();
const stamp = (what: string) => console.log(what, Date.now() - start);

setTimeout(stamp, 60_000, 'a minute');
await run(async () => {
  await sleep(1000);
  setTimeout(stamp, 500, 'within a loop');
});

import { coroutine, sleep } from '@timeloom/asyncio';

const main = coroutine(function* main() {
  yield* sleep(10);
  console.log('a generator ran');
});

export default main();

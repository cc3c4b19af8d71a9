import { coroutine, createTask, getRunningLoop, sleep } from '@timeloom/asyncio';

const waitForever = coroutine(async function waitForever() {
  await getRunningLoop().createFuture();
});

export async function main() {
  const waiter = createTask(waitForever());
  await sleep(20);
  await waiter;
}

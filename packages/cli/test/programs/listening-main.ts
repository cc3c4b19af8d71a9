import { sleep } from '@timeloom/asyncio';

process.on('unhandledRejection', (reason) => console.log('heard:', String(reason)));

export async function main() {
  void Promise.reject(new Error('rejected'));
  await sleep(3_600_000);
  console.log('went on');
}

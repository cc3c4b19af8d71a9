import type { Program } from '@timeloom/explore';

process.on('unhandledRejection', (error) => console.log(`heard: ${(error as Error).message}`));

export const program: Program = async ({ sleep }) => {
  void Promise.reject(new Error('rejected'));
  await sleep(1);
};

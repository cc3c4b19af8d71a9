import type { Program } from '@timeloom/explore';

export const program: Program = async ({ sleep }) => {
  void Promise.reject(new Error('nobody heard this'));
  await sleep(1);
};

import type { Program } from '@timeloom/explore';

/** Says that it goes no further, and does not. */
export const program: Program = async ({ io }) => {
  await io('begin');
  console.log('no further');
  for (;;);
};

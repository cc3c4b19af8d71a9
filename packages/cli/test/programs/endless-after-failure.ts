import type { Program } from '@timeloom/explore';

let failed = false;

/** Fails once, and never ends when that run is made again. */
export const program: Program = ({ choose, assert }) => {
  const drawn = choose(10);
  if (failed && drawn === 1) for (;;);
  failed = drawn === 1;
  assert(drawn !== 1, 'one');
};

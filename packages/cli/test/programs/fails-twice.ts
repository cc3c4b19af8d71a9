import type { Program } from '@timeloom/explore';

/** Two bugs, one of them behind the other. */
export const program: Program = ({ choose, assert }) => {
  const drawn = choose(4);
  assert(drawn !== 1, 'one');
  assert(drawn !== 3, 'three');
};

import type { Program } from '@timeloom/explore';

let begun = false;

/** Two orders, in which nothing happens; and a word when the search begins. */
export const program: Program = async ({ choose, sleep }) => {
  if (!begun) console.log('the search begins');
  begun = true;
  choose(2);
  await sleep(1);
};

import type { ProgramSource } from '@timeloom/explore';

/** Each run has a counter of its own, as a module that is imported afresh has. */
const program: ProgramSource = {
  load: () => {
    let runs = 0;
    return ({ choose, assert }) => {
      choose(2);
      assert(++runs === 1, 'it is not new');
    };
  },
};

export default program;

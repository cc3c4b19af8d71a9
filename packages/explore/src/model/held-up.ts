import { Steps } from './machine.ts';
import type { Model } from './programs.ts';

/** Lanes of which the first has one step more than the others, so that k = lanes · steps. */
export const evenLanes =
  (lanes: number, steps: number): Model<void> =>
  (machine) => {
    for (let lane = 0; lane < lanes; lane++) machine.spawn(new Steps(lane === 0 ? steps + 1 : steps, () => {}));
    return () => {};
  };

/**
 * A bug for which the paper's bound is tight: the last lane has to run first, and then to be held up
 * at one place until all others are done. Ends the run once that cannot happen.
 *
 * @param lanes as in {@link evenLanes}.
 * @param place how many steps of the last lane come before all others.
 */
export const heldUp =
  (lanes: number, steps: number, place: number): Model<boolean> =>
  (machine) => {
    const others = (lanes - 1) * steps + 1;
    let othersDone = 0;
    let done = 0;
    let found = true;
    const missed = (): void => {
      found = false;
      machine.stop();
    };
    for (let lane = 1; lane < lanes; lane++) {
      machine.spawn(new Steps(lane === 1 ? steps + 1 : steps, () => (othersDone++, done < place && missed())));
    }
    machine.spawn(new Steps(steps, () => ++done > place && othersDone < others && missed()));
    return () => found;
  };

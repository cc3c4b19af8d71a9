import type { Difference, Schedule } from '@timeloom/trace';

/** Runs the program along a schedule; true if it fails in the way that is being shrunk. */
export type StillFails = (schedule: Schedule) => Promise<boolean>;

/** What shrinking came to. */
export interface Shrunk {
  readonly schedule: Schedule;
  /** Runs that it took. */
  readonly runs: number;
}

/**
 * Makes a failing schedule small: removes differences from FIFO by delta debugging (Zeller and
 * Hildebrandt, IEEE TSE 2002), then lets each begin as late and end as early as the failure allows,
 * then takes the least latencies and values. What is returned was seen to fail.
 *
 * @param mostRuns ends the search early; the best schedule so far is returned.
 */
export async function shrink(schedule: Schedule, stillFails: StillFails, mostRuns = 1000): Promise<Shrunk> {
  const budget = new Budget(stillFails, mostRuns);
  let best = await removeDifferences(schedule.differences, budget);
  for (let i = 0; i < best.length; i++) best = await narrow(best, i, budget);
  // A later beginning may have made another difference needless.
  best = await removeDifferences(best, budget);
  return { schedule: { differences: best }, runs: budget.used };
}

class Budget {
  readonly #stillFails: StillFails;
  readonly #most: number;
  used = 0;

  constructor(stillFails: StillFails, most: number) {
    this.#stillFails = stillFails;
    this.#most = most;
  }

  async fails(differences: readonly Difference[]): Promise<boolean> {
    if (this.used >= this.#most) return false;
    this.used++;
    return await this.#stillFails({ differences });
  }
}

async function removeDifferences(all: readonly Difference[], budget: Budget): Promise<readonly Difference[]> {
  if (all.length > 0 && (await budget.fails([]))) return [];
  let kept = all;
  let chunk = Math.ceil(kept.length / 2);
  while (kept.length > 0) {
    const smaller = await withoutOneChunk(kept, chunk, budget);
    if (smaller !== null) {
      kept = smaller;
      chunk = Math.min(chunk, kept.length);
    } else if (chunk > 1) {
      chunk = Math.ceil(chunk / 2);
    } else {
      break;
    }
  }
  return kept;
}

async function withoutOneChunk(
  kept: readonly Difference[],
  chunk: number,
  budget: Budget,
): Promise<readonly Difference[] | null> {
  // From the end: late differences are the ones that other differences do not depend on.
  for (let end = kept.length; end > 0; end -= chunk) {
    const candidate = [...kept.slice(0, Math.max(0, end - chunk)), ...kept.slice(end)];
    if (await budget.fails(candidate)) return candidate;
  }
  return null;
}

/** Makes one difference as small as the failure allows. */
async function narrow(all: readonly Difference[], index: number, budget: Budget): Promise<readonly Difference[]> {
  let best = all;
  for (const smaller of smallerForms(all[index]!)) {
    const candidate = best.with(index, smaller).toSorted((a, b) => a.at - b.at);
    if (candidate[index]?.at === smaller.at && (await budget.fails(candidate))) best = candidate;
    else break;
  }
  return best;
}

/** Ever smaller forms of a difference: each is tried only if the one before it still failed. */
function* smallerForms(difference: Difference): Generator<Difference> {
  if (difference.kind === 'take') {
    for (let option = difference.option - 1; option > 0; option--) yield { ...difference, option };
    return;
  }
  for (let until = difference.until - 1; until > difference.at; until--) yield { ...difference, until };
}

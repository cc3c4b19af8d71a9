import type { Difference, Schedule } from '@timeloom/trace';

export function sizeOf(difference: Difference): number {
  return difference.kind === 'take' ? difference.option : difference.until - difference.at;
}

function shortened(difference: Difference): Difference {
  return difference.kind === 'take'
    ? { ...difference, option: difference.option - 1 }
    : { ...difference, until: difference.until - 1 };
}

/** What must pass, or fail otherwise, if the schedule is as small as shrinking promises. */
export function smallerByOne({ differences }: Schedule): Schedule[] {
  const removed = differences.map((_, index) => ({ differences: differences.toSpliced(index, 1) }));
  const shorter = differences.flatMap((one, index) =>
    sizeOf(one) === 1 ? [] : [{ differences: differences.with(index, shortened(one)) }],
  );
  return [...removed, ...shorter];
}

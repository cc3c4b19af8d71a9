import type { Exploration, Explanation, StepSite } from '@timeloom/explore';

/**
 * The steps of the swaps of a failure, as errors: vitest shows a frame of code for each. They stand behind
 * the error of the search, which says what happened.
 */
export function swapErrors({ failures }: Exploration): Error[] {
  return failures.flatMap(({ explanation }) => (explanation === null ? [] : stepErrors(explanation)));
}

function stepErrors({ swaps, run }: Explanation): Error[] {
  return swaps.flatMap((swap) => {
    if (swap.kind !== 'held') return [];
    const { held, overtaker } = swap;
    const errors = [errorAt(held, run.lanes, 'is held back')];
    if (overtaker !== null) errors.push(errorAt(overtaker, run.lanes, 'runs first'));
    return errors.filter((error) => error !== null);
  });
}

function errorAt({ lane, label, frames }: StepSite, lanes: readonly string[], what: string): Error | null {
  if (frames.length === 0) return null;
  const error = new Error(`${lanes[lane] ?? ''} (${label}) ${what}`);
  error.name = 'Swap';
  const lines = frames.map(({ name, place }) => `    at ${name === null ? place : `${name} (${place})`}`);
  error.stack = [`Swap: ${error.message}`, ...lines].join('\n');
  return error;
}

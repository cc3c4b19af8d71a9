import { explore, replay, type ExplainedRun, type StepSite } from '@timeloom/explore';
import { expect, it } from 'vitest';
import { chain, lostUpdate } from '../programs.ts';
import { order } from './order.ts';

/** What a person sees of a run: who does what, and the line of the user's code that it comes from. */
function stepsOf({ lanes, steps }: ExplainedRun): string[] {
  const own = steps.filter(({ inline }) => !inline);
  return own.map(({ lane, label, at }) => `${lanes[lane]} ${label} ${lineOf(at ?? undefined)}`);
}

function lineOf(place: string | undefined): string {
  return /([^/]+:\d+):\d+$/.exec(place ?? '')?.[1] ?? '-';
}

function siteOf({ label, frames }: StepSite): string {
  return `${label} ${frames[0]?.name} ${lineOf(frames[0]?.place)}`;
}

it('the same search explains its failure in the same way on every Node', async () => {
  const { failures, runs } = await explore(order);
  const { run, swaps, neighbour } = failures[0]!.explanation!;
  expect(runs).toBe(6);
  expect(failures[0]!.token).toBe('tl1_PG-6AQIAAg');
  expect(stepsOf(run)).toEqual([
    'Task-1 starts -',
    'Task-2 starts order.ts:17',
    'Task-3 starts order.ts:17',
    'Task-3 open the books order.ts:13',
    'Task-3 read the rules order.ts:14',
    'Task-2 payment order.ts:9',
    'Task-1 resumes order.ts:17',
  ]);
  expect(swaps.map((swap) => (swap.kind === 'held' ? [siteOf(swap.held), siteOf(swap.overtaker!)] : null))).toEqual([
    ['payment sell order.ts:9', 'read the rules audit order.ts:14'],
  ]);
  expect(run.error!.frames.map(({ name, place }) => `${name} ${lineOf(place)}`)).toEqual(['audit order.ts:15']);
  expect(stepsOf(neighbour!.run)).toHaveLength(7);
});

it('the same programs fail in the same order on every Node', async () => {
  const labels: string[][] = [];
  for (const program of [lostUpdate, chain(3)]) {
    const { failures } = await explore(program, { reorder: 'free' });
    const { run } = await replay(program, failures[0]!.token!, { reorder: 'free' });
    labels.push(run.steps.filter(({ inline }) => !inline).map(({ lane, label }) => `${run.lanes[lane]} ${label}`));
  }
  expect(labels).toMatchInlineSnapshot(`
    [
      [
        "Task-1 starts",
        "Task-2 starts",
        "Task-3 starts",
        "Task-3 b waits",
        "Task-2 a writes",
        "Task-3 b writes",
        "Task-1 resumes",
      ],
      [
        "Task-1 starts",
        "Task-2 starts",
        "Task-3 starts",
        "Task-3 link 0",
        "Task-3 link 1",
        "Task-3 link 2",
        "Task-2 single",
        "Task-1 resumes",
      ],
    ]
  `);
});

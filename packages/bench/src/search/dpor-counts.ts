import { explore, makeStrategy, type Program } from '@timeloom/explore';
import {
  indexer,
  indexerTasks,
  lastZero,
  lastZeroTasks,
  readers,
  readerTasks,
  search,
  type Model,
} from '@timeloom/explore/model';
import { figure, type Section } from './section.ts';

interface Case {
  readonly name: string;
  readonly expected: number;
  readonly model: Model<unknown>;
  readonly program: Program;
  /** Few enough orders for an exhaustive search to confirm how many outcomes there are. */
  readonly enumerated: boolean;
}

const lastZeroClasses = (n: number): number => (n + 3) * 2 ** (n - 2);

const cases: readonly Case[] = [
  ...[2, 3, 4, 6, 8, 10].map((n) => ({
    name: `readers(${n})`,
    expected: 2 ** n,
    model: readers(n),
    program: readerTasks(n),
    enumerated: n <= 6,
  })),
  ...[2, 3, 4, 5, 6, 7, 8].map((n) => ({
    name: `lastzero(${n})`,
    expected: lastZeroClasses(n),
    model: lastZero(n),
    program: lastZeroTasks(n),
    enumerated: n <= 3,
  })),
  ...[11, 12, 13, 15].map((n) => ({
    name: `indexer(${n})`,
    expected: n < 12 ? 1 : 8 ** (n - 11),
    model: indexer(n),
    program: indexerTasks(n),
    enumerated: false,
  })),
];

const most = 1_000_000;

/** How many orders DPOR runs to their end, of lanes of operations and of asyncio's tasks. */
export async function dporCounts(): Promise<Section> {
  const measured = [];
  for (const one of cases) {
    const { program, model } = one;
    const all = one.enumerated ? search(makeStrategy('dfs', { seed: 0 }), model, most) : null;
    measured.push({ ...one, lanes: ofLanes(model), tasks: await ofTasks(program), all });
  }
  return {
    title: 'DPOR: orders up to equivalence, and runs that it took',
    header: ['program', 'expected', 'lanes', 'runs', 'tasks', 'runs', 'dfs, orders', 'dfs, outcomes'],
    rows: measured.map(({ name, expected, lanes, tasks, all }) => [
      name,
      ...[expected, lanes.orders, lanes.runs, tasks.orders, tasks.runs].map(figure),
      all === null ? '' : figure(all.length),
      all === null ? '' : figure(new Set(all).size),
    ]),
    notes: [
      'Lanes: one step for each operation. Tasks: asyncio’s, with cells of shared(), gather() and their driver.',
      'Dfs: all orders, and how many different outcomes they have; of readers and lastzero each class has its own.',
    ],
    claims: measured.map(({ name, expected, lanes, tasks, all }) => ({
      text:
        `${name}: ${figure(expected)} orders, of lanes and of tasks` +
        (all === null ? '' : ', and as many outcomes of an exhaustive search'),
      holds: [lanes.orders, tasks.orders, all === null ? expected : new Set(all).size].every((one) => one === expected),
    })),
  };
}

interface Explored {
  readonly orders: number;
  readonly runs: number;
}

function ofLanes(model: Model<unknown>): Explored {
  const strategy = makeStrategy('dpor', { seed: 0, undeclared: 'independent' });
  const runs = search(strategy, model, most).length;
  return { orders: ordersIn(strategy.describeCoverage(runs)), runs };
}

async function ofTasks(program: Program): Promise<Explored> {
  const { coverage, runs } = await explore(program, { strategy: 'dpor', reorder: 'free', runs: most });
  return { orders: ordersIn(coverage), runs };
}

/** @throws TypeError if the search did not end by itself. */
function ordersIn(coverage: string): number {
  const [, orders] = /^exhaustive up to declared accesses: ([\d,]+) orders? up to equivalence/.exec(coverage) ?? [];
  if (orders === undefined) throw new TypeError(`expected an exhaustive search, got ${JSON.stringify(coverage)}`);
  return Number(orders.replaceAll(',', ''));
}

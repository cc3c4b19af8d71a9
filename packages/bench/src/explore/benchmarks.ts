import type { Benchmark, Criterion } from '../benchmark.ts';

const timeloomRandom = 'Timeloom, random';
const timeloomCalled = 'Timeloom, random, Promise.all';
const timeloomGenerators = 'Timeloom, random, generators';
const timeloomPromiseFree = 'Timeloom, random, promiseFree';

/** The engine's own part of the work. */
const floor = 'floor';

/** The ways in which a property waits for fast-check's scheduler. */
const waits = ['waitFor', 'waitIdle', 'waitAll'] as const;

const searchCriteria: readonly Criterion[] = [
  ...waits.map((wait) => ({ of: `fast-check, ${wait}`, to: timeloomRandom, atLeast: 10, sizes: [10_000] })),
  { of: timeloomRandom, to: timeloomGenerators, atLeast: 2, sizes: [10_000] },
  { of: timeloomRandom, to: timeloomPromiseFree, atLeast: 2, sizes: [10_000] },
];

/** Those that can go on for as many runs as are asked for. */
const strategies = ['random', 'pct', 'pos', 'urw', 'surw', 'delay-bound', 'mutation', 'portfolio'];

const readies = [10, 100, 1000, 10_000];

/** How many schedules a second a search tries. */
export const searchBenchmarks: readonly Benchmark[] = [
  {
    name: 'explore-tasks',
    title: 'N schedules of 5 tasks that await 4 operations each',
    measures: 'time',
    operation: 'schedule',
    variants: [
      { name: timeloomRandom, load: async () => (await import('./tasks.ts')).nativeTasks('random') },
      { name: timeloomCalled, load: async () => (await import('./tasks.ts')).calledTasks('random') },
      { name: 'Timeloom, pct', load: async () => (await import('./tasks.ts')).nativeTasks('pct') },
      { name: timeloomGenerators, load: async () => (await import('./tasks.ts')).generatorTasks('random') },
      { name: timeloomPromiseFree, load: async () => (await import('./tasks.ts')).promiseFreeTasks('random') },
      { name: floor, load: async () => (await import('./tasks.ts')).floorTasks },
      ...waits.map((wait) => ({
        name: `fast-check, ${wait}`,
        load: async () => (await import('./tasks.ts')).fastCheckTasks(wait),
      })),
    ],
    sizes: [100, 10_000],
    criteria: searchCriteria,
  },
  {
    name: 'explore-strategies',
    title: 'N schedules of 5 tasks that await 4 operations each, by each strategy',
    measures: 'time',
    operation: 'schedule',
    variants: strategies.map((name) => ({
      name,
      load: async () => (await import('./tasks.ts')).nativeTasks(name),
    })),
    sizes: [10_000],
    criteria: [],
  },
  {
    name: 'explore-update',
    title: 'N schedules of two updates, one of which may be lost',
    measures: 'time',
    operation: 'schedule',
    variants: [
      { name: timeloomRandom, load: async () => (await import('./lost-update.ts')).nativeUpdate('random') },
      { name: timeloomCalled, load: async () => (await import('./lost-update.ts')).calledUpdate('random') },
      { name: 'Timeloom, pct', load: async () => (await import('./lost-update.ts')).nativeUpdate('pct') },
      {
        name: timeloomGenerators,
        load: async () => (await import('./lost-update.ts')).generatorUpdate('random'),
      },
      {
        name: timeloomPromiseFree,
        load: async () => (await import('./lost-update.ts')).promiseFreeUpdate('random'),
      },
      { name: floor, load: async () => (await import('./lost-update.ts')).floorUpdate },
      ...waits.map((wait) => ({
        name: `fast-check, ${wait}`,
        load: async () => (await import('./lost-update.ts')).fastCheckUpdate(wait),
      })),
    ],
    sizes: [100, 10_000],
    criteria: searchCriteria,
  },
  {
    name: 'explore-ready',
    title: 'N steps of a search, among tasks that are all ready',
    measures: 'time',
    operation: 'step',
    variants: ['random', 'pct'].flatMap((strategy) =>
      readies.map((ready) => ({
        name: `${strategy}, ${ready.toLocaleString('en')} ready`,
        load: async () => (await import('./ready.ts')).readyTasks(ready, strategy),
      })),
    ),
    sizes: [200_000],
    criteria: ['random', 'pct'].map((strategy) => ({
      of: `${strategy}, 1,000 ready`,
      to: `${strategy}, 10 ready`,
      atMost: 2,
      sizes: [200_000],
    })),
  },
];

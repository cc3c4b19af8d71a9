import type { Prepare } from './program.ts';

export interface Variant {
  readonly name: string;
  /** Imported in the child only, so that no peer is in the process of another. */
  readonly load: () => Promise<Prepare>;
  /** The largest size that it can be asked to do in a reasonable time; it is left out of larger ones. */
  readonly largest?: number;
  /** True if it works in a process of vitest only. */
  readonly inVitest?: boolean;
}

/** A claim about the ratio of two variants, tested at each of `sizes`. */
export interface Criterion {
  readonly of: string;
  readonly to: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly sizes: readonly number[];
}

export interface Benchmark {
  readonly name: string;
  readonly title: string;
  readonly measures: 'time' | 'heap' | 'processor';
  /** What there are N of. */
  readonly operation: string;
  /** The first is what the others are compared with. */
  readonly variants: readonly Variant[];
  readonly sizes: readonly number[];
  readonly criteria: readonly Criterion[];
}

const floor = 'floor';
const ours = 'Timeloom';
const fakeTimers = 'fake-timers';

const called = 'Timeloom, async functions';
const promiseAll = 'Timeloom, Promise.all';

const sleepers: readonly Variant[] = [
  { name: floor, load: async () => (await import('./gather/floor.ts')).floor },
  { name: 'floor, batched', load: async () => (await import('./gather/floor.ts')).batchedFloor },
  { name: ours, load: async () => (await import('./gather/ours.ts')).native },
  { name: 'Timeloom, awaitSites: 0', load: async () => (await import('./gather/ours.ts')).withoutSites },
  { name: 'Timeloom, generators', load: async () => (await import('./gather/ours.ts')).generators },
  { name: called, load: async () => (await import('./gather/ours.ts')).called },
  { name: promiseAll, load: async () => (await import('./gather/ours.ts')).promiseAll },
  { name: fakeTimers, load: async () => (await import('./gather/fake-timers.ts')).fakeTimers },
  { name: 'Effect TestClock', load: async () => (await import('./gather/effect.ts')).effect },
];

const wholeHost = 'Timeloom host';
const setTimeoutAlone = 'Timeloom host, setTimeout';
const nextAsync = 'fake-timers, nextAsync';
const takenOver = 'Timeloom host, taken over';

const depths = [0, 10, 50];

const timeloomRandom = 'Timeloom, random';
const timeloomCalled = 'Timeloom, random, Promise.all';
const timeloomGenerators = 'Timeloom, random, generators';
const timeloomPromiseFree = 'Timeloom, random, promiseFree';

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

const waitingHost = 'Timeloom host';
const waitingFake = 'fake-timers, nextAsync';

export const catalogue: readonly Benchmark[] = [
  {
    name: 'gather',
    title: 'Gather N random sleeps',
    measures: 'time',
    operation: 'task',
    variants: sleepers,
    sizes: [100, 1000, 10_000, 100_000],
    criteria: [
      ...[ours, called].map((one) => ({ of: one, to: floor, atMost: 2, sizes: [10_000, 100_000] })),
      ...[ours, called, promiseAll].map((one) => ({ of: fakeTimers, to: one, atLeast: 2, sizes: [10_000, 100_000] })),
    ],
  },
  {
    name: 'memory',
    title: 'Memory of N sleeping tasks',
    measures: 'heap',
    operation: 'task',
    variants: sleepers,
    sizes: [100_000],
    criteria: [{ of: ours, to: floor, atMost: 2, sizes: [100_000] }],
  },
  {
    name: 'hops',
    title: 'One task, N times sleep(0), at the bottom of a chain of calls',
    measures: 'time',
    operation: 'hop',
    variants: [
      { name: 'await setImmediate', load: async () => (await import('./steps/hops.ts')).hostHops },
      ...depths.map((depth) => ({
        name: `async, depth ${depth}`,
        load: async () => (await import('./steps/hops.ts')).nativeHops(depth),
      })),
      ...depths.map((depth) => ({
        name: `generators, depth ${depth}`,
        load: async () => (await import('./steps/hops.ts')).generatorHops(depth),
      })),
    ],
    sizes: [100_000],
    criteria: [],
  },
  {
    name: 'callbacks',
    title: 'N callbacks, each schedules the next',
    measures: 'time',
    operation: 'callback',
    variants: [
      { name: 'setImmediate', load: async () => (await import('./steps/callbacks.ts')).hostImmediateChain },
      { name: 'Timeloom, callSoon', load: async () => (await import('./steps/callbacks.ts')).callSoonChain },
      {
        name: 'fake-timers, setImmediate',
        load: async () => (await import('./steps/callbacks.ts')).fakeImmediateChain,
      },
    ],
    sizes: [100_000],
    criteria: [],
  },
  {
    name: 'churn',
    title: 'N timers set and cleared, among 1,000 that stay',
    measures: 'time',
    operation: 'pair',
    variants: [
      { name: 'setTimeout', load: async () => (await import('./steps/churn.ts')).hostChurn },
      { name: 'Timeloom, 100 pairs a step', load: async () => (await import('./steps/churn.ts')).manySteps },
      { name: 'Timeloom, one step', load: async () => (await import('./steps/churn.ts')).oneStep },
      { name: fakeTimers, load: async () => (await import('./steps/churn.ts')).fakeChurn },
    ],
    sizes: [100_000],
    criteria: [],
  },
  {
    name: 'sequence',
    title: 'One task, N sleeps one after the other',
    measures: 'time',
    operation: 'sleep',
    variants: [
      { name: floor, load: async () => (await import('./steps/sequence.ts')).floorSleeps },
      { name: ours, load: async () => (await import('./steps/sequence.ts')).nativeSleeps },
      { name: 'Timeloom, generators', load: async () => (await import('./steps/sequence.ts')).generatorSleeps },
      { name: fakeTimers, load: async () => (await import('./steps/sequence.ts')).fakeSleeps },
      { name: 'Effect TestClock', load: async () => (await import('./steps/effect-sequence.ts')).effectSleeps },
    ],
    sizes: [100_000],
    criteria: [],
  },
  {
    name: 'explore-tasks',
    title: 'N schedules of 5 tasks that await 4 operations each',
    measures: 'time',
    operation: 'schedule',
    variants: [
      { name: timeloomRandom, load: async () => (await import('./explore/tasks.ts')).nativeTasks('random') },
      { name: timeloomCalled, load: async () => (await import('./explore/tasks.ts')).calledTasks('random') },
      { name: 'Timeloom, pct', load: async () => (await import('./explore/tasks.ts')).nativeTasks('pct') },
      { name: timeloomGenerators, load: async () => (await import('./explore/tasks.ts')).generatorTasks('random') },
      { name: timeloomPromiseFree, load: async () => (await import('./explore/tasks.ts')).promiseFreeTasks('random') },
      ...waits.map((wait) => ({
        name: `fast-check, ${wait}`,
        load: async () => (await import('./explore/tasks.ts')).fastCheckTasks(wait),
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
      load: async () => (await import('./explore/tasks.ts')).nativeTasks(name),
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
      { name: timeloomRandom, load: async () => (await import('./explore/lost-update.ts')).nativeUpdate('random') },
      { name: timeloomCalled, load: async () => (await import('./explore/lost-update.ts')).calledUpdate('random') },
      { name: 'Timeloom, pct', load: async () => (await import('./explore/lost-update.ts')).nativeUpdate('pct') },
      {
        name: timeloomGenerators,
        load: async () => (await import('./explore/lost-update.ts')).generatorUpdate('random'),
      },
      {
        name: timeloomPromiseFree,
        load: async () => (await import('./explore/lost-update.ts')).promiseFreeUpdate('random'),
      },
      ...waits.map((wait) => ({
        name: `fast-check, ${wait}`,
        load: async () => (await import('./explore/lost-update.ts')).fastCheckUpdate(wait),
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
        load: async () => (await import('./explore/ready.ts')).readyTasks(ready, strategy),
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
  {
    name: 'host-sleeps',
    title: 'N random sleeps of ordinary JavaScript',
    measures: 'time',
    operation: 'sleep',
    variants: [
      { name: wholeHost, load: async () => (await import('./host/ours.ts')).wholeHost },
      { name: setTimeoutAlone, load: async () => (await import('./host/ours.ts')).setTimeoutOnly },
      { name: 'Timeloom host, timers/promises', load: async () => (await import('./host/ours.ts')).promisedTimers },
      { name: 'fake-timers, runAllAsync', load: async () => (await import('./gather/fake-timers.ts')).fakeTimers },
      { name: nextAsync, load: async () => (await import('./host/fake-timers.ts')).nextAsync },
      // The fake-timers inside of vitest 4.1 looks through all timers for the next one: 40 s for 10,000.
      {
        name: 'vitest 4.1',
        load: async () => (await import('./host/vitest-timers.ts')).vitestTimers,
        largest: 1000,
        inVitest: true,
      },
    ],
    sizes: [1000, 10_000, 100_000],
    // The peers have setTimeout replaced and nothing else; the whole host is compared with them all the same.
    criteria: [setTimeoutAlone, wholeHost].flatMap((ours) =>
      ['fake-timers, runAllAsync', nextAsync].map((peer) => ({
        of: peer,
        to: ours,
        atLeast: 2,
        sizes: [10_000, 100_000],
      })),
    ),
  },
  {
    name: 'host-install',
    title: 'A loop is installed on the host and removed, N times',
    measures: 'time',
    operation: 'installation',
    variants: [
      { name: takenOver, load: async () => (await import('./host/installation.ts')).afterTakeover },
      { name: 'Timeloom host, from scratch', load: async () => (await import('./host/installation.ts')).withTakeover },
      { name: fakeTimers, load: async () => (await import('./host/installation.ts')).fakeInstallation },
    ],
    sizes: [1000],
    criteria: [],
  },
  {
    name: 'io-requests',
    title: 'N requests, one after the other',
    measures: 'time',
    operation: 'request',
    variants: [
      { name: 'fetch, loopback', load: async () => (await import('./io/requests.ts')).loopbackFetch },
      { name: 'fetch, simulated', load: async () => (await import('./io/requests.ts')).simulatedFetch },
      { name: 'new Request, new Response', load: async () => (await import('./io/requests.ts')).requestAndResponse },
      { name: 'http, loopback', load: async () => (await import('./io/requests.ts')).loopbackHttp },
      { name: 'http, simulated', load: async () => (await import('./io/requests.ts')).simulatedHttp },
    ],
    sizes: [1000],
    criteria: [],
  },
  {
    name: 'io-wait',
    title: 'Processor time while a process is waited for, N milliseconds',
    measures: 'processor',
    operation: 'millisecond',
    variants: [
      { name: 'no clock', load: async () => (await import('./io/wait.ts')).hostWait },
      { name: waitingHost, load: async () => (await import('./io/wait.ts')).ourWait },
      { name: waitingFake, load: async () => (await import('./io/wait.ts')).fakeWait },
    ],
    sizes: [500],
    criteria: [{ of: waitingFake, to: waitingHost, atLeast: 5, sizes: [500] }],
  },
];

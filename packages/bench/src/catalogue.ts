import type { Benchmark, Variant } from './benchmark.ts';
import { searchBenchmarks } from './explore/benchmarks.ts';
import { hostBenchmarks } from './host/benchmarks.ts';

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

const depths = [0, 10, 50];

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
  ...searchBenchmarks,
  ...hostBenchmarks,
];

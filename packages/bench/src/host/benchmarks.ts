import type { Benchmark } from '../benchmark.ts';

const fakeTimers = 'fake-timers';
const wholeHost = 'Timeloom host';
const setTimeoutAlone = 'Timeloom host, setTimeout';
const nextAsync = 'fake-timers, nextAsync';
const takenOver = 'Timeloom host, taken over';

/** Ordinary JavaScript in virtual time. */
export const hostBenchmarks: readonly Benchmark[] = [
  {
    name: 'host-sleeps',
    title: 'N random sleeps of ordinary JavaScript',
    measures: 'time',
    operation: 'sleep',
    variants: [
      { name: wholeHost, load: async () => (await import('./ours.ts')).wholeHost },
      { name: setTimeoutAlone, load: async () => (await import('./ours.ts')).setTimeoutOnly },
      { name: 'Timeloom host, timers/promises', load: async () => (await import('./ours.ts')).promisedTimers },
      { name: 'fake-timers, runAllAsync', load: async () => (await import('../gather/fake-timers.ts')).fakeTimers },
      { name: nextAsync, load: async () => (await import('./fake-timers.ts')).nextAsync },
      // The fake-timers inside of vitest 4.1 looks through all timers for the next one: 40 s for 10,000.
      {
        name: 'vitest 4.1',
        load: async () => (await import('./vitest-timers.ts')).vitestTimers,
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
      { name: takenOver, load: async () => (await import('./installation.ts')).afterTakeover },
      { name: 'Timeloom host, from scratch', load: async () => (await import('./installation.ts')).withTakeover },
      { name: fakeTimers, load: async () => (await import('./installation.ts')).fakeInstallation },
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
      { name: 'fetch, loopback', load: async () => (await import('../io/requests.ts')).loopbackFetch },
      { name: 'fetch, simulated', load: async () => (await import('../io/requests.ts')).simulatedFetch },
      { name: 'new Request, new Response', load: async () => (await import('../io/requests.ts')).requestAndResponse },
      { name: 'http, loopback', load: async () => (await import('../io/requests.ts')).loopbackHttp },
      { name: 'http, simulated', load: async () => (await import('../io/requests.ts')).simulatedHttp },
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
      { name: 'no clock', load: async () => (await import('../io/wait.ts')).hostWait },
      { name: wholeHost, load: async () => (await import('../io/wait.ts')).ourWait },
      { name: nextAsync, load: async () => (await import('../io/wait.ts')).fakeWait },
    ],
    sizes: [500],
    criteria: [{ of: nextAsync, to: wholeHost, atLeast: 5, sizes: [500] }],
  },
];

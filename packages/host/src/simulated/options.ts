import { checkFunction, checkMs, show } from '@timeloom/loop';
import type { RequestListener } from 'node:http';
import type fs from 'node:fs';

/** How long an operation takes, in milliseconds of virtual time: least and longest. */
export type LatencyRange = readonly [least: number, longest: number];

/**
 * What can go wrong with a file: the code of the error that the operation then fails with, or `partial`:
 * `read` or `write` of an open file moves half of the bytes that it was asked to.
 */
export type FileFault = 'EACCES' | 'EBUSY' | 'EIO' | 'EMFILE' | 'ENOSPC' | 'partial';

/**
 * What can go wrong with a connection. `refused`: it is not accepted. `reset`: it breaks while a message
 * is on its way. `partial`: it breaks after half of a message. `timeout`: a message, or its answer, never
 * arrives.
 */
export type NetworkFault = 'refused' | 'reset' | 'partial' | 'timeout';

/** Options that all kinds of simulated I/O have. */
export interface SimulatedOptions<Fault extends string> {
  /**
   * What each operation takes; the search draws one of up to 16 evenly spaced values. Default: no time of
   * its own. The operation is pending until the search completes it: see `EventLoop.startOperation`.
   */
  readonly latencyMs?: LatencyRange | undefined;
  /** What may go wrong, drawn by the search at each operation; without a search nothing does. Default: nothing. */
  readonly faults?: readonly Fault[] | undefined;
  /** The most that go wrong in one run. Default 1. */
  readonly mostFaults?: number | undefined;
}

/** Options of simulated files. */
export interface SimulatedFsOptions extends SimulatedOptions<FileFault> {
  /**
   * The file system on which the effects take place: one that has the functions of `node:fs` that end in
   * `Sync`, e.g. a volume of memfs. Then the `Sync` functions of the program work on it too. Default:
   * the real disk.
   */
  readonly on?: object | undefined;
}

/** Options of simulated `fetch`. */
export interface SimulatedFetchOptions extends SimulatedOptions<NetworkFault> {
  /** Answers each request. What it throws breaks the connection. */
  readonly handler: (request: Request) => Response | PromiseLike<Response>;
}

/** Options of simulated `http` and `https`. */
export interface SimulatedHttpOptions extends SimulatedOptions<NetworkFault> {
  /** Answers each request, as the listener of an `http.Server` does. */
  readonly listener: RequestListener;
}

/** What {@link simulateIo} simulates; the default for each is to leave it as it is. */
export interface SimulatedIoOptions {
  readonly fs?: true | SimulatedFsOptions | undefined;
  readonly fetch?: SimulatedFetchOptions['handler'] | SimulatedFetchOptions | undefined;
  readonly http?: RequestListener | SimulatedHttpOptions | undefined;
}

/** Options of one kind, as they are used. */
export interface SimulatedSettings {
  readonly latencies: readonly number[] | null;
  readonly faults: readonly string[];
  readonly mostFaults: number;
}

/** As they are used; null for what is not simulated. */
export interface SimulatedIoSettings {
  readonly fs: (SimulatedSettings & { readonly on: typeof fs | null }) | null;
  readonly fetch: (SimulatedSettings & { readonly handler: SimulatedFetchOptions['handler'] }) | null;
  readonly http: (SimulatedSettings & { readonly listener: RequestListener }) | null;
}

const fileFaults: readonly string[] = ['EACCES', 'EBUSY', 'EIO', 'EMFILE', 'ENOSPC', 'partial'] satisfies FileFault[];
const networkFaults: readonly string[] = ['refused', 'reset', 'partial', 'timeout'] satisfies NetworkFault[];

/** @throws TypeError, RangeError on an option of the wrong type or range, naming it. */
export function checkSimulatedIoOptions(options: SimulatedIoOptions): SimulatedIoSettings {
  checkObject('options', options);
  const fetch = typeof options.fetch === 'function' ? { handler: options.fetch } : options.fetch;
  const http = typeof options.http === 'function' ? { listener: options.http } : options.http;
  return {
    fs: options.fs === undefined ? null : checkFs(options.fs === true ? {} : options.fs),
    fetch: fetch === undefined ? null : checkFetch(fetch),
    http: http === undefined ? null : checkHttp(http),
  };
}

function checkFs(options: SimulatedFsOptions): SimulatedIoSettings['fs'] {
  const settings = check('fs', options, fileFaults);
  const { on = null } = options;
  if (on !== null && typeof (on as Partial<typeof fs>).readFileSync !== 'function') {
    throw new TypeError(`fs.on must be a file system with functions like readFileSync, got ${show(on)}`);
  }
  return { ...settings, on: on as typeof fs | null };
}

function checkFetch(options: SimulatedFetchOptions): SimulatedIoSettings['fetch'] {
  const settings = check('fetch', options, networkFaults);
  checkFunction('fetch.handler', options.handler);
  return { ...settings, handler: options.handler };
}

function checkHttp(options: SimulatedHttpOptions): SimulatedIoSettings['http'] {
  const settings = check('http', options, networkFaults);
  checkFunction('http.listener', options.listener);
  return { ...settings, listener: options.listener };
}

function check(parameter: string, options: SimulatedOptions<string>, allowed: readonly string[]): SimulatedSettings {
  checkObject(parameter, options);
  const { latencyMs, faults = [], mostFaults = 1 } = options;
  if (!Array.isArray(faults)) throw new TypeError(`${parameter}.faults must be an array, got ${show(faults)}`);
  for (const fault of faults as readonly string[]) {
    if (!allowed.includes(fault)) {
      throw new TypeError(`${parameter}.faults must name faults (${allowed.join(', ')}), got ${show(fault)}`);
    }
  }
  if (mostFaults !== Infinity && (!Number.isInteger(mostFaults) || mostFaults < 0)) {
    throw new RangeError(`${parameter}.mostFaults must be a whole number of at least 0, got ${show(mostFaults)}`);
  }
  return { latencies: latencyMs === undefined ? null : latenciesOf(parameter, latencyMs), faults, mostFaults };
}

const mostLatencies = 16;

function latenciesOf(parameter: string, range: LatencyRange): readonly number[] {
  if (!Array.isArray(range) || range.length !== 2) {
    throw new TypeError(`${parameter}.latencyMs must be [least, longest], got ${show(range)}`);
  }
  const [least, longest] = range;
  checkMs(`${parameter}.latencyMs[0]`, least);
  checkMs(`${parameter}.latencyMs[1]`, longest);
  if (least < 0 || longest < least) {
    throw new RangeError(
      `${parameter}.latencyMs must be [least, longest] with 0 <= least <= longest, got [${least}, ${longest}]`,
    );
  }
  if (least === longest) return [least];
  const steps = Math.min(Math.max(Math.floor(longest - least), 1), mostLatencies - 1);
  return Array.from({ length: steps + 1 }, (_, i) => least + ((longest - least) * i) / steps);
}

function checkObject(parameter: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`${parameter} must be an object, got ${show(value)}`);
  }
}

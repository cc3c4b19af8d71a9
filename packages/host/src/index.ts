/// <reference lib="esnext.disposable" preserve="true" />
export { HostInstalledError } from './errors.ts';
export { installHost, takeOver } from './install.ts';
export type { RealIoOptions } from './io/options.ts';
export type { Leak } from './leak.ts';
export type { HostFeature, HostOptions, TakeOverOptions } from './options.ts';
export { rememberListeners } from './process-listeners.ts';
export type { HostRestore, Restore } from './restore.ts';
export { NotSimulatedError } from './simulated/errors.ts';
export type {
  FileFault,
  LatencyRange,
  NetworkFault,
  SimulatedFetchOptions,
  SimulatedFsOptions,
  SimulatedHttpOptions,
  SimulatedIoOptions,
  SimulatedOptions,
} from './simulated/options.ts';
export { simulateIo, takeOverIo } from './simulated/simulate-io.ts';
export type { CallbackTimer } from './timers/timer-table.ts';

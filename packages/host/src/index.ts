export { HostInstalledError } from './errors.ts';
export { installHost, takeOver, type HostRestore, type Restore } from './install.ts';
export type { RealIoOptions } from './io/options.ts';
export type { Leak } from './leak.ts';
export type { HostFeature, HostOptions, TakeOverOptions } from './options.ts';

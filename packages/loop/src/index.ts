export { accessed, type AccessMode } from './access.ts';
export { checkFunction, checkLimit, checkMs, show } from './check.ts';
export { DrawnChoice } from './choice.ts';
export { RealClock, VirtualClock, type Advance, type Clock } from './clock.ts';
export {
  DeadlockError,
  formatWaitGraph,
  LivelockError,
  LoopClosedError,
  RuntimeError,
  StepLimitError,
  TimeloomError,
  UncontrolledAsyncError,
  type WaitNode,
} from './errors.ts';
export { EventLoop, runningLoop, type LoopStatistics } from './event-loop.ts';
export type { ExceptionHandler, ExceptionReport } from './exceptions.ts';
export type { HostWork, UncontrolledPolicy } from './external.ts';
export {
  asyncStorageIsFree,
  createAsyncStorage,
  forgetNewListeners,
  hearsExceptions,
  raise,
  takeOverRejections,
  takeOverUncaught,
  type AsyncStorage,
  type UncaughtEvent,
} from './host-binding.ts';
export { Handle, TimerHandle, type CallOptions, type Lane } from './handle.ts';
export type { Instrument } from './instrument.ts';
export type { LimitOptions } from './limits.ts';
export { Operation } from './operation.ts';
export type { EventLoopOptions } from './options.ts';
export { codeOf, firstPlace } from './place.ts';
export { MacrotaskPump, SynchronousPump, type Driven, type Pump } from './pump.ts';
export { createRandom, createRandoms } from './random.ts';
export { FifoScheduler, type ChoiceKind, type ChoicePoint, type Reorder, type Scheduler } from './scheduler.ts';
export { World } from './world.ts';

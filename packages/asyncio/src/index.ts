export { asCompleted, type AsCompletedOptions } from './as-completed.ts';
export { ensureFuture, type Awaitable, type ResultOf } from './awaitable.ts';
export { coroutine, Coroutine, type CoroutineBody } from './coroutine.ts';
export { getRunningLoop } from './current.ts';
export { CancelledError, InvalidStateError, isCancelled, TimeoutError } from './errors.ts';
export { AsyncioEventLoop, type AsyncioOptions } from './event-loop.ts';
export { Future, type FutureState, type Suspend } from './future.ts';
export { gather, type GatherOptions, type ResultsOf } from './gather.ts';
export { getEventLoopPolicy, newEventLoop, setEventLoopPolicy, type EventLoopPolicy } from './policy.ts';
export { run, Runner, type Main, type RunnerOptions } from './runner.ts';
export { shield } from './shield.ts';
export { sleep } from './sleep.ts';
export { Task, type TaskOptions } from './task.ts';
export { allTasks, createTask, currentTask } from './tasks.ts';
export { timeout, timeoutAt, Timeout, type TimeoutBody } from './timeout.ts';
export { wait, type ReturnWhen, type WaitOptions } from './wait.ts';
export { waitFor } from './wait-for.ts';
export {
  DeadlockError,
  LivelockError,
  LoopClosedError,
  RealClock,
  RuntimeError,
  StepLimitError,
  TimeloomError,
  UncontrolledAsyncError,
  VirtualClock,
} from '@timeloom/loop';

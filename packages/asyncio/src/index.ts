/// <reference lib="esnext.disposable" preserve="true" />
export {
  asCompleted,
  type AsCompletedOptions,
  type CompletedOf,
  type CompletionIterator,
  type Completions,
} from './as-completed.ts';
export { asyncGenerator } from './async-generators.ts';
export { beginAttributed } from './attribution.ts';
export { ensureFuture, type Awaitable, type ResultOf } from './awaitable.ts';
export { BareOperation } from './bare-operation.ts';
export { Context, ContextVar, copyContext } from './context.ts';
export { ContextLoop, type CallbackOptions } from './context-loop.ts';
export { coroutine, Coroutine, type CoroutineBody } from './coroutine.ts';
export { getRunningLoop } from './current.ts';
export { CancelledError, InvalidStateError, isCancelled, LookupError, TimeoutError } from './errors.ts';
export { AsyncioEventLoop, type AsyncioOptions } from './event-loop.ts';
export { EagerStartError, eagerTaskFactory, type TaskFactory } from './eager.ts';
export { runCoroutineThreadsafe, wrapFuture } from './executors/chain.ts';
export { ConcurrentFuture } from './executors/concurrent-future.ts';
export { job, toThread, type Executor, type JobOptions } from './executors/executor.ts';
export { SimulatedExecutor, type SimulatedExecutorOptions } from './executors/simulated-executor.ts';
export { type FutureState } from './future-state.ts';
export { Future, type Suspend } from './future.ts';
export { gather, type GatherOptions, type ResultsOf } from './gather.ts';
export { Operation, type OperationPlan } from './operation.ts';
export { getEventLoopPolicy, newEventLoop, setEventLoopPolicy, type EventLoopPolicy } from './policy.ts';
export { run, Runner, type Main, type RunnerOptions } from './runner.ts';
export { compareItems, type Compare } from './queues/compare.ts';
export type { ItemStore } from './queues/item-store.ts';
export { LifoQueue } from './queues/lifo-queue.ts';
export { PriorityQueue, type PriorityQueueOptions } from './queues/priority-queue.ts';
export { Queue, QueueEmpty, QueueFull, QueueShutDown } from './queues/queue.ts';
export { shield } from './shield.ts';
export { sleep } from './sleep.ts';
export { describeSlowStep, type SlowStepHandler } from './slow-steps.ts';
export { Acquirable } from './sync/acquirable.ts';
export { Barrier, BrokenBarrierError } from './sync/barrier.ts';
export { Condition } from './sync/condition.ts';
export { Event } from './sync/event.ts';
export { Lock } from './sync/lock.ts';
export { BoundedSemaphore, Semaphore } from './sync/semaphore.ts';
export { ExceptionGroup, taskGroup, TaskGroup } from './task-group.ts';
export { Task } from './task.ts';
export type { TaskOptions } from './task-options.ts';
export { allTasks, createTask, currentTask } from './tasks.ts';
export { timeout, timeoutAt, Timeout, type TimeoutBody } from './timeout.ts';
export { Token } from './token.ts';
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

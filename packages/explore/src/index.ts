export { AssertionError, createContext, type IoOptions, type ProgramContext } from './context.ts';
export { ReplayDivergedError } from './errors.ts';
export type { Execution, ExecutionOptions, Program, ProgramSource } from './execution.ts';
export type { BudgetOptions, Ended } from './budget.ts';
export type { Exploration, ShardOfSearch } from './exploration.ts';
export { explore, type ExploreOptions } from './explore.ts';
export { checkDeterminism, type DeterminismOptions, type Nondeterminism } from './determinism.ts';
export type { Failure, ShrinkOptions } from './failures.ts';
export { searchLimits } from './limits.ts';
export { mergeExplorations } from './merge.ts';
export type { SearchProgress } from './order-count.ts';
export { failureKey, type Outcome } from './outcome.ts';
export {
  fromPlain,
  outcomeToPlain,
  toPlain,
  type PlainError,
  type PlainExploration,
  type PlainFailure,
  type PlainOutcome,
} from './plain.ts';
export type { PlanOptions } from './plan.ts';
export type { ProgramModule } from './program-module.ts';
export { replay, type Replay } from './replay.ts';
export {
  commandLine,
  formatExploration,
  formatFailure,
  formatReplay,
  replayLine,
  type ReportOptions,
} from './report.ts';
export type {
  DrawnSwap,
  ErrorData,
  ExplainedRun,
  ExplainedStep,
  Explanation,
  HeldSwap,
  Neighbour,
  StepSite,
  Swap,
} from './report/explanation.ts';
export type { Frame } from './report/frames.ts';
export { shared, SharedCell, sharedObject } from './shared.ts';
export { NotDeterministicError } from './strategies/branch.ts';
export { replayStrategy } from './strategies/replay.ts';
export { makeStrategy, strategies, type StrategyFactory } from './strategies/index.ts';
export type { RunScheduler, RunSummary, Strategy, StrategyOptions } from './strategy.ts';
export { watchingUncaught } from './uncaught.ts';
export type { WorkersOptions } from './workers/options.ts';
export { WorkerError } from './workers/worker-error.ts';

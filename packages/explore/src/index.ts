export type { RunScheduler, RunSummary, Strategy, StrategyOptions } from './strategy.ts';

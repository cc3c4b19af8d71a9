export { indexerTasks, lastZeroTasks, readerTasks, reorderTasks, twoStageTasks } from './asyncio-programs.ts';
export { indexer, lastZero, readers } from './classes.ts';
export { evenLanes, heldUp } from './held-up.ts';
export { Machine, ModelLane, read, search, step, Steps, write, type Body, type Op } from './machine.ts';
export { bluetooth, lazy, reorder, toy, twoStage, uneven, type Model } from './programs.ts';
export { chiSquared, quantile } from './statistics.ts';

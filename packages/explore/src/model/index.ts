export { Machine, ModelLane, read, search, step, Steps, write, type Body, type Op } from './machine.ts';
export { reorder, toy, twoStage, uneven, type Model } from './programs.ts';

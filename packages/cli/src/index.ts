export { ExitCode } from './exit-code.ts';
export { exploreProgram, replayProgram } from './explore-program.ts';
export type { ExplorationDocument, ReplayDocument } from './json.ts';
export type { ExploreModule, Loader } from './loader.ts';
export { mergeShards, type MergeOptions } from './merge-shards.ts';
export type { AsyncioModule, LoopTotals } from './program-loops.ts';
export { runProgram, type ProgramResult, type RunIo, type RunOptions } from './run-program.ts';
export type { ExploreProgramOptions, OrderOptions, ReplayProgramOptions } from './search-options.ts';
export type { ExploreIo } from './with-program.ts';

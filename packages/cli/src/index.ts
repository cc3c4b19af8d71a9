export { ExitCode } from './exit-code.ts';
export type { Loader } from './loader.ts';
export type { AsyncioModule, LoopTotals } from './program-loops.ts';
export { runProgram, type ProgramResult, type RunIo, type RunOptions } from './run-program.ts';

export { freshProgram, type FreshProgramOptions } from './fresh/fresh-program.ts';
export { FreshMemoryError, ImportStalledError, importFresh, type FreshModule } from './fresh/import-fresh.ts';

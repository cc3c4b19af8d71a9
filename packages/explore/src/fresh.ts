export { freshProgram, type FreshProgramOptions } from './fresh/fresh-program.ts';
export { ImportStalledError, importFresh, type FreshModule } from './fresh/import-fresh.ts';

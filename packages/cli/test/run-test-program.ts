import { fileURLToPath } from 'node:url';
import * as asyncio from '@timeloom/asyncio';
import { vi } from 'vitest';
import { runProgram, type Loader, type ProgramResult, type RunOptions } from '../src/index.ts';

let imports = 0;

/** Imports through vitest, so that the program and the command share the sources of asyncio. */
export const loader: Loader = {
  // A fresh module each time: scripts do their work when they are imported.
  load: (url) => import(/* @vite-ignore */ `${fileURLToPath(url)}?import=${++imports}`),
  asyncioFor: () => Promise.resolve(asyncio),
};

export interface TestRun extends ProgramResult {
  /** What the program printed. */
  readonly printed: readonly string[];
  /** What the command wrote, without the summary. */
  readonly written: string;
  /** The last line that the command wrote, if a loop ran. */
  readonly summary: string | undefined;
}

/** The path of one of the programs next to the tests. */
export function pathOf(program: string): string {
  return fileURLToPath(new URL(`programs/${program}`, import.meta.url));
}

/** Runs one of the programs next to the tests in this process. */
export async function runTestProgram(program: string, options?: RunOptions): Promise<TestRun> {
  const printed: string[] = [];
  const texts: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...data) => void printed.push(data.join(' ')));
  try {
    const result = await runProgram(pathOf(program), options, { write: (text) => void texts.push(text), loader });
    const summary = / steps?$/.test(texts.at(-1) ?? '') ? texts.pop() : undefined;
    return { ...result, printed, written: texts.join('\n'), summary };
  } finally {
    log.mockRestore();
  }
}

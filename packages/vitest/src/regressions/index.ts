import { TokenError, decodeToken, type Schedule } from '@timeloom/trace';
import type { Test } from '../vitest-internals.ts';
import { lineName, parseEntries, withEntry, withoutEntry, type Entry } from './entries.ts';
import { RegressionFile, RegressionFileError } from './regression-file.ts';
import { updateMode } from '../vitest-worker.ts';

/** A schedule that made a test fail before. */
export interface KeptSchedule {
  readonly token: string;
  readonly schedule: Schedule;
  /** The file, and the line. */
  readonly place: string;
}

/** The name of a test within its file. */
function nameOf(test: Test): string {
  return lineName(test.fullTestName ?? test.name);
}

const fileOf = (test: Test): RegressionFile => new RegressionFile(test.file.filepath);

/**
 * The schedules that made a test fail before, oldest first.
 *
 * @throws RegressionFileError on a line, or a token, that cannot be read.
 */
export async function keptSchedules(test: Test): Promise<readonly KeptSchedule[]> {
  const file = fileOf(test);
  const entries = await file.entries();
  return entries.filter((entry) => entry.test === nameOf(test)).map((entry) => keptSchedule(file, entry));
}

function keptSchedule(file: RegressionFile, { token, line }: Entry): KeptSchedule {
  try {
    return { token, schedule: decodeToken(token).schedule, place: `${file.path}:${line}` };
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    throw new RegressionFileError(file.path, line, `the token cannot be read: ${error.message.replace(/\.$/, '')}`);
  }
}

/** Keeps a token that makes a test fail, unless it is kept already. Not in CI, where nobody would commit it. */
export async function keepToken(test: Test, token: string): Promise<void> {
  if (updateMode() === 'none') return;
  const file = fileOf(test);
  const text = await file.read();
  const { entries } = parseEntries(text);
  if (entries.some((entry) => entry.token === token && entry.test === nameOf(test))) return;
  await file.write(withEntry(text, token, nameOf(test)));
}

/** A token makes its test fail no more: it is removed if vitest is to update (`-u`). */
export async function dropObsolete(test: Test, token: string): Promise<void> {
  if (updateMode() !== 'all') return;
  const file = fileOf(test);
  await file.write(withoutEntry(await file.read(), token, nameOf(test)));
}

import { TimeloomError } from '@timeloom/loop';
import { parseEntries, type Entries } from './entries.ts';

// Not by import, which in a context of `node:vm` would fix what tests import by name.
const { readFile, rename, rm, writeFile } = process.getBuiltinModule('node:fs/promises');

/** Files written by this process so far. */
let written = 0;

/** A line of a regression file cannot be read. */
export class RegressionFileError extends TimeloomError {
  constructor(path: string, line: number, problem: string) {
    super('TIMELOOM_REGRESSION_FILE', `${path}:${line}: ${problem}. Mend the line, or take it out`);
  }
}

/** The text file beside a test file in which the schedules are kept that made its tests fail. */
export class RegressionFile {
  readonly path: string;

  constructor(testFile: string) {
    this.path = `${testFile}.timeloom.txt`;
  }

  /** Empty if there is none. */
  async read(): Promise<string> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  }

  /** @throws RegressionFileError on the first line that cannot be read. */
  async entries(): Promise<Entries['entries']> {
    const { entries, corrupt } = parseEntries(await this.read());
    const [first] = corrupt;
    if (first === undefined) return entries;
    const problem = `expected a token and the name of a test, got ${JSON.stringify(first.text)}`;
    throw new RegressionFileError(this.path, first.line, problem);
  }

  /** Replaces the file as a whole, so that nobody ever sees half of it; an empty text removes it. */
  async write(text: string): Promise<void> {
    if (text === '') {
      await rm(this.path, { force: true });
      return;
    }
    const temporary = `${this.path}.${process.pid}.${++written}`;
    try {
      await writeFile(temporary, text);
      await rename(temporary, this.path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

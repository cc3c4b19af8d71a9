import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { extname } from 'node:path';
import { UsageError } from './exit-code.ts';

const extensions: readonly string[] = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx'];

/**
 * Refuses what cannot be a program, before anything is loaded.
 *
 * @param name the file as the user named it. @param path its absolute path.
 * @throws UsageError naming the file.
 */
export function checkProgramFile(name: string, path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new UsageError(`${name}: no such file`);
  if (stats.isDirectory()) throw new UsageError(`${name} is a directory: name the file of a program`);
  if (!extensions.includes(extname(path))) {
    throw new UsageError(`${name} is not a program: its name must end in one of ${extensions.join(' ')}`);
  }
}

/**
 * What to report instead of `error`, with which the import of a program failed: a UsageError if a
 * file could not be found or read, `error` itself if the program threw it.
 */
export function explainLoadError(error: unknown, path: string): unknown {
  if (!(error instanceof Error)) return error;
  return explainTransformError(error) ?? explainSyntaxError(error, path) ?? explainMissing(error) ?? error;
}

/** esbuild, under tsx, puts `file:line:column: ERROR: text` in its message, with columns from 0. */
function explainTransformError(error: Error): UsageError | null {
  if (!error.message.startsWith('Transform failed with ')) return null;
  const found = [...error.message.matchAll(/^(.*):(\d+):(\d+): ERROR: (.*)$/gm)].map(
    ([, file, line, column, text]) => `${file}:${line}:${Number(column) + 1}: ${text}`,
  );
  return new UsageError(`syntax error: ${found.length === 0 ? error.message : found.join('\n')}`);
}

/** V8 keeps the place of a syntax error to itself, but `node --check` tells. */
function explainSyntaxError(error: Error, path: string): UsageError | null {
  if (!(error instanceof SyntaxError) || hasOwnFrames(error)) return null;
  if (/\.[mc]?js$/.test(path)) {
    const { stderr } = spawnSync(process.execPath, ['--check', path], { encoding: 'utf8' });
    const line = /^(?:file:\/\/)?.*:(\d+)$/m.exec(stderr)?.[1];
    if (line !== undefined) return new UsageError(`syntax error: ${path}:${line}: ${error.message}`);
  }
  return new UsageError(`syntax error: ${path}, or a module that it imports: ${error.message}`);
}

/** True if the error was thrown by code, as by `JSON.parse`, and not by the loading of code. */
function hasOwnFrames(error: Error): boolean {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ +at /.test(line));
  return frames.length > 0 && !/[( ]node:internal\//.test(frames[0]!);
}

function explainMissing(error: Error): UsageError | null {
  const code = 'code' in error ? error.code : undefined;
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') return null;
  const hint = /'(@timeloom\/\w+)'/.exec(error.message)?.[1];
  return new UsageError(error.message + (hint === undefined ? '' : `\nInstall it: npm install ${hint}`));
}

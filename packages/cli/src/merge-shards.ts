import { readFileSync } from 'node:fs';
import { formatExploration, fromPlain, mergeExplorations, type Exploration } from '@timeloom/explore';
import * as explore from '@timeloom/explore';
import { ExitCode } from './exit-code.ts';
import { explorationToJson, type ExplorationDocument } from './json.ts';
import type { ExploreIo } from './with-program.ts';

export interface MergeOptions {
  /** True prints the result as JSON; default false. */
  readonly json?: boolean | undefined;
}

/**
 * Puts the shards of a search together as `timeloom merge` does.
 *
 * @param files what `timeloom explore --json --shard` printed, one file a shard.
 * @returns the exit code: 0 nothing found, 1 a failure, 2 the files are not all shards of one search.
 */
export function mergeShards(files: readonly string[], options: MergeOptions = {}, io: ExploreIo = {}): ExitCode {
  const { print = (text) => void process.stdout.write(`${text}\n`), width = process.stdout.columns } = io;
  const { write = (text) => void process.stderr.write(`${text}\n`) } = io;
  const replays = new Map<string, string | null>();
  let merged: Exploration;
  try {
    merged = mergeExplorations(files.map((file) => readShard(file, replays)));
  } catch (error) {
    write(`timeloom: ${(error as Error).message}`);
    return ExitCode.usage;
  }
  const toReplay = (token: string): string => replays.get(token) ?? explore.replayLine(token);
  if (options.json === true) print(explorationToJson(explore, merged, toReplay));
  else print(formatExploration(merged, { width, directory: process.cwd(), toReplay }));
  return merged.passed ? ExitCode.ok : ExitCode.failed;
}

/** @throws Error naming the file, if it cannot be read or is not a shard. */
function readShard(file: string, replays: Map<string, string | null>): Exploration {
  try {
    const document = JSON.parse(readFileSync(file, 'utf8')) as ExplorationDocument;
    const exploration = fromPlain(document);
    for (const { token, replay } of document.failures) if (token !== null) replays.set(token, replay);
    return exploration;
  } catch (error) {
    throw new Error(`${file} is not what timeloom explore --json printed: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

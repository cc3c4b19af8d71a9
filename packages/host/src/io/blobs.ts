import { disguise, type Patcher } from '../patcher.ts';
import { nodeBuffer } from '../realm.ts';
import { messages } from './messages.ts';
import { threadPool } from './thread-pool.ts';

type Pull = (this: unknown, callback: (...results: unknown[]) => unknown) => unknown;

/**
 * What the stream of a blob reads with, for who has no name for it: the object behind the blob gives it. Null where
 * this version of Node has none.
 */
function readerPrototype(): { pull: Pull } | null {
  const blob = new nodeBuffer.Blob([]);
  for (const key of Object.getOwnPropertySymbols(blob)) {
    const handle: unknown = Reflect.get(blob, key);
    if (typeof handle !== 'object' || handle === null || !('getReader' in handle)) continue;
    const reader = (handle as { getReader(): object }).getReader();
    return Object.getPrototypeOf(reader) as { pull: Pull };
  }
  return null;
}

/** In flight from the call until the piece is there, and behind it: Node asks for the next one in an immediate of its own. */
const untilPulled = (original: Pull): Pull =>
  disguise(function (this: unknown, callback: (...results: unknown[]) => unknown): unknown {
    const end = threadPool.begin('reading of a blob');
    const pulled = (...results: unknown[]): unknown => {
      messages.sent('reading of a blob');
      end();
      return callback(...results);
    };
    return Reflect.apply(original, this, [pulled]);
  }, original);

/** Has streams of blobs waited for, as the bodies of requests and responses are. */
export function watchBlobs(patcher: Patcher): void {
  const prototype = readerPrototype();
  if (prototype !== null) patcher.replace(prototype, 'pull', untilPulled);
}

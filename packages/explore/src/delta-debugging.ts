/**
 * Removes what can be removed: all, or ever smaller chunks, until no single one can be. A. Zeller, R. Hildebrandt,
 * "Simplifying and isolating failure-inducing input", IEEE TSE 2002.
 *
 * @param accept returns what goes on in the place of what is kept, if that will do; else null.
 * @returns what is left.
 */
export async function removeMost<T>(
  from: readonly T[],
  accept: (kept: readonly T[]) => Promise<readonly T[] | null>,
): Promise<readonly T[]> {
  let all = from;
  if (all.length > 1) {
    const none = await accept([]);
    if (none !== null) return none;
  }
  let chunk = Math.ceil(all.length / 2);
  while (all.length > 0) {
    const fewer = await removeOneChunk(all, chunk, accept);
    if (fewer !== null) {
      all = fewer;
      chunk = Math.min(chunk, all.length);
    } else if (chunk > 1) chunk = Math.ceil(chunk / 2);
    else break;
  }
  return all;
}

async function removeOneChunk<T>(
  all: readonly T[],
  chunk: number,
  accept: (kept: readonly T[]) => Promise<readonly T[] | null>,
): Promise<readonly T[] | null> {
  // From the end: late ones are those that others do not depend on.
  for (let end = all.length; end > 0; end -= chunk) {
    const kept = await accept(all.toSpliced(Math.max(0, end - chunk), Math.min(chunk, end)));
    if (kept !== null) return kept;
  }
  return null;
}

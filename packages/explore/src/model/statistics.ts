/** Pearson's statistic of how often each of the possible results came out, against all being equally likely. */
export function chiSquared(results: readonly unknown[], possible: number): number {
  const counts = new Map<unknown, number>();
  for (const result of results) counts.set(result, (counts.get(result) ?? 0) + 1);
  const expected = results.length / possible;
  const seen = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return seen + (possible - counts.size) * expected;
}

/** A quantile of the χ² distribution, given by that of the normal one (E. B. Wilson, M. M. Hilferty, 1931). */
export function quantile(degrees: number, standardNormal: number): number {
  return degrees * (1 - 2 / (9 * degrees) + standardNormal * Math.sqrt(2 / (9 * degrees))) ** 3;
}

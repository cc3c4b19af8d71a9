import { printTable, type Format } from '../table.ts';
import { dporCounts } from './dpor-counts.ts';
import { firstBug } from './first-bug.ts';
import { pctBound } from './pct-bound.ts';
import type { Section } from './section.ts';
import { uniformity } from './uniformity.ts';

const sections: readonly (() => Section | Promise<Section>)[] = [pctBound, uniformity, firstBug, dporCounts];

/** Prints the tables of the papers as they come out here; gives what has to hold, a line each. */
export async function printSearchTables(format: Format): Promise<string[]> {
  const verdicts: string[] = [];
  for (const measure of sections) {
    const { title, header, rows, notes, claims } = await measure();
    console.log(`${format === 'markdown' ? '### ' : ''}${title}\n`);
    console.log(`${printTable(header, rows, format)}\n`);
    for (const note of notes) console.log(note);
    console.log('');
    verdicts.push(...claims.map(({ text, holds }) => `${holds ? 'pass' : 'FAIL'}: search: ${text}`));
  }
  return verdicts;
}

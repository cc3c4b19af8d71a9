import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startedByUrl } from '../scripts/bundle.mjs';
import { filesBelow, foldersWithManifest, readSource } from './tidy/source-file.ts';

/** `npm run build` puts the modules of a package together as a few files. */

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
}

const published = foldersWithManifest('packages')
  .map((folder) => ({ folder, ...(JSON.parse(readSource(`packages/${folder}/package.json`).text) as Manifest) }))
  .filter((manifest) => manifest.private !== true);

describe.each(published)('dist of $name', ({ folder, name }) => {
  it('has what the sources start by its address', () => {
    const text = filesBelow(`packages/${folder}/src`, '.ts').map((source) => source.text);
    const started = text.flatMap((one) => [...one.matchAll(/'(?:\.\/)?([\w-]+)\.js'/g)].map(([, file]) => file));
    const kept: string[] = Object.keys((startedByUrl as Record<string, object>)[name] ?? {});
    // What the command itself starts with is named in bin/timeloom.js.
    expect(new Set(started)).toEqual(new Set(kept.filter((file) => file !== 'bin')));
  });

  it('has no source twice', () => {
    const root = join(import.meta.dirname, '../packages', folder, 'dist');
    const sources = mapsOf(root).flatMap((map) => map.sources);
    expect(sources).not.toEqual([]);
    expect(sources.filter((source, index) => sources.indexOf(source) !== index)).toEqual([]);
    expect(sources.filter((source) => !source.endsWith('.ts'))).toEqual([]);
  });
});

it.each(published)('$name is published with its licence', ({ folder }) => {
  expect(readSource(`packages/${folder}/LICENSE`).text).toBe(readSource('LICENSE').text);
});

function mapsOf(dist: string): { readonly sources: readonly string[] }[] {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js.map'));
  return files.map((file) => JSON.parse(readFileSync(join(dist, file), 'utf8')) as { sources: string[] });
}

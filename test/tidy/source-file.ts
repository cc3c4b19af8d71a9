import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One file of the repository. */
export interface SourceFile {
  /** Relative to the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Something against the rules, and where. */
export interface Finding {
  readonly path: string;
  readonly line?: number;
  readonly message: string;
}

const repositoryRoot = join(import.meta.dirname, '..', '..');

const notOurs = new Set(['node_modules', 'dist', 'coverage', 'data']);

/** The files below `folder` whose names end with `ending`; none if there is no such folder. */
export function filesBelow(folder: string, ending: string): SourceFile[] {
  if (!existsSync(join(repositoryRoot, folder))) return [];
  return readdirSync(join(repositoryRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      return notOurs.has(entry.name) || entry.name.startsWith('.') ? [] : filesBelow(path, ending);
    }
    return entry.name.endsWith(ending) ? [readSource(path)] : [];
  });
}

export function readSource(path: string): SourceFile {
  return { path, text: readFileSync(join(repositoryRoot, path), 'utf8') };
}

/** The names of the folders in `parent` that have a package.json. */
export function foldersWithManifest(parent: string): string[] {
  return readdirSync(join(repositoryRoot, parent)).filter((name) =>
    existsSync(join(repositoryRoot, parent, name, 'package.json')),
  );
}

/** `path:line message`: how a failing test shows findings. */
export function formatFindings(findings: readonly Finding[]): string[] {
  return findings.map(({ path, line, message }) => `${path}${line === undefined ? '' : `:${line}`} ${message}`);
}

import { posix } from 'node:path';
import type { SourceFile } from './source-file.ts';
import { childrenOf, lineAt, parse, type SyntaxNode } from './syntax.ts';

/** One place where a file names another module. */
export interface Import {
  readonly from: string;
  readonly specifier: string;
  /** True if nothing is left of it at run time: `import type`, `export type`, `import('x').T`. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/**
 * What a file imports, statically or dynamically. `import { type T } from 'x'` counts as an import
 * at run time, because `verbatimModuleSyntax` keeps `import {} from 'x'`.
 */
export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = [];
  const visit = (node: SyntaxNode): void => {
    const specifier = specifierOf(node);
    if (specifier !== null) {
      const typeOnly = node.type === 'TSImportType' || node['importKind'] === 'type' || node['exportKind'] === 'type';
      found.push({ from: file.path, specifier, typeOnly, line: lineAt(file.text, node.start) });
    }
    childrenOf(node).forEach(visit);
  };
  visit(parse(file));
  return found;
}

const importing = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function specifierOf(node: SyntaxNode): string | null {
  if (!importing.has(node.type)) return null;
  const source = node['source'] as { value?: unknown } | null;
  return typeof source?.value === 'string' ? source.value : null;
}

/** The path of the file that a relative import means; null for other imports. */
export function targetOf({ from, specifier }: Import): string | null {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : null;
}

/**
 * Files that import each other at run time in a circle, each circle as the list of its files. One
 * circle is given for each import that closes one.
 */
export function findCycles(imports: readonly Import[]): string[][] {
  const edges = new Map<string, string[]>();
  for (const one of imports) {
    const target = targetOf(one);
    if (target === null || one.typeOnly) continue;
    edges.set(one.from, [...(edges.get(one.from) ?? []), target]);
  }
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) cycles.push(path.slice(start));
    if (start >= 0 || finished.has(file)) return;
    for (const target of edges.get(file) ?? []) visit(target, [...path, file]);
    finished.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  return cycles;
}

import { parseSync, visitorKeys } from 'oxc-parser';
import type { SourceFile } from './source-file.ts';

/** A node of the syntax tree (ESTree with TypeScript), as far as the checks look at it. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

/** @throws SyntaxError if the file does not parse. */
export function parse({ path, text }: SourceFile): SyntaxNode {
  const { program, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new SyntaxError(`${path}: ${errors[0].message}`);
  return program as unknown as SyntaxNode;
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return (visitorKeys[node.type] ?? []).flatMap((key) => nodesIn(node[key]));
}

/** The nodes in a field: one, a list of them, or none. */
export function nodesIn(field: unknown): SyntaxNode[] {
  if (Array.isArray(field)) return field.flatMap(nodesIn);
  return typeof field === 'object' && field !== null ? [field as SyntaxNode] : [];
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

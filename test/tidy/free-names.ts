import type { SourceFile } from './source-file.ts';
import { childrenOf, lineAt, nodesIn, parse, type SyntaxNode } from './syntax.ts';

/** A name that a file uses at run time and does not declare: it comes from the environment. */
export interface FreeName {
  /** The name; `Math.random` and its kind with their member. */
  readonly name: string;
  /** True in `value instanceof Name`, which looks at the class and calls nothing of it. */
  readonly inspected: boolean;
  readonly path: string;
  readonly line: number;
}

/** All uses of names that the file neither declares nor imports. Types do not count. */
export function freeNames(file: SourceFile): FreeName[] {
  const found: FreeName[] = [];
  const visit = (node: SyntaxNode, scopes: readonly ReadonlySet<string>[], inspected = false): void => {
    if (isErased(node)) return;
    const inner = [...scopes, declaredBy(node)];
    const name = referenceIn(node);
    if (name !== null && !inner.some((scope) => scope.has(name.split('.')[0]!))) {
      found.push({ name, inspected, path: file.path, line: lineAt(file.text, node.start) });
      return;
    }
    const [tested] = node['operator'] === 'instanceof' ? nodesIn(node['right']) : [];
    for (const child of evaluatedIn(node)) visit(child, inner, child === tested);
  };
  visit(parse(file), []);
  return found;
}

const valuesInTypeScript = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSInstantiationExpression',
  'TSParameterProperty',
  'TSExportAssignment',
]);

/** Types, and what else is gone when the program runs. */
function isErased(node: SyntaxNode): boolean {
  return (node.type.startsWith('TS') && !valuesInTypeScript.has(node.type)) || node.type === 'ImportDeclaration';
}

function referenceIn(node: SyntaxNode): string | null {
  if (node.type === 'Identifier') return String(node['name']);
  if (node.type !== 'MemberExpression' || node['computed'] === true) return null;
  const [object] = nodesIn(node['object']);
  const [property] = nodesIn(node['property']);
  return object?.type === 'Identifier' ? `${String(object['name'])}.${String(property?.['name'])}` : null;
}

/** The parts of a node whose identifiers are uses: not the names of members, keys and labels. */
function evaluatedIn(node: SyntaxNode): SyntaxNode[] {
  const children = childrenOf(node);
  const without = (field: string): SyntaxNode[] => {
    const [name] = nodesIn(node[field]);
    return children.filter((child) => child !== name);
  };
  switch (node.type) {
    case 'MemberExpression':
      return node['computed'] === true ? children : without('property');
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
      return node['computed'] === true ? children : without('key');
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return without('label');
    case 'ExportSpecifier':
      return nodesIn(node['local']);
    case 'ExportNamedDeclaration':
      return node['source'] === null ? children : [];
    case 'ExportAllDeclaration':
    case 'MetaProperty':
      return [];
    default:
      return children;
  }
}

/** The names that a node declares for what is inside of it. */
function declaredBy(node: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (pattern: SyntaxNode): void => {
    for (const name of boundIn(pattern)) names.add(name);
  };
  nodesIn(node['params']).forEach(add);
  nodesIn(node['param']).forEach(add);
  if (/^(Function|Class)/.test(node.type)) nodesIn(node['id']).forEach(add);
  for (const statement of [...nodesIn(node['body']), ...nodesIn(node['init']), ...nodesIn(node['left'])]) {
    const declaration = nodesIn(statement['declaration'])[0] ?? statement;
    for (const declarator of nodesIn(declaration['declarations'])) nodesIn(declarator['id']).forEach(add);
    if (declaration.type === 'ImportDeclaration') {
      for (const specifier of nodesIn(declaration['specifiers'])) nodesIn(specifier['local']).forEach(add);
    }
    if (/^(Function|Class|TSEnum)/.test(declaration.type)) nodesIn(declaration['id']).forEach(add);
  }
  for (const statement of nodesIn(node['cases']).flatMap((one) => nodesIn(one['consequent']))) {
    for (const declarator of nodesIn(statement['declarations'])) nodesIn(declarator['id']).forEach(add);
  }
  return names;
}

/** The names in a binding: `a`, `{ a, b: c }`, `[a, ...b]`, `a = 1`. */
function boundIn(pattern: SyntaxNode): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [String(pattern['name'])];
    case 'ObjectPattern':
      return nodesIn(pattern['properties']).flatMap(boundIn);
    case 'ArrayPattern':
      return nodesIn(pattern['elements']).flatMap(boundIn);
    case 'Property':
      return nodesIn(pattern['value']).flatMap(boundIn);
    case 'AssignmentPattern':
      return nodesIn(pattern['left']).flatMap(boundIn);
    case 'RestElement':
      return nodesIn(pattern['argument']).flatMap(boundIn);
    case 'TSParameterProperty':
      return nodesIn(pattern['parameter']).flatMap(boundIn);
    default:
      return [];
  }
}

import { targetOf, type Import } from './imports.ts';
import type { Finding } from './source-file.ts';

/** What a package may import. */
interface Layer {
  /** Packages of this repository. */
  readonly runtime: readonly string[];
  /** Packages of this repository, as `import type` only. */
  readonly types?: readonly string[];
  /** False if modules from elsewhere, `node:` ones included, are out of bounds. */
  readonly foreign: boolean;
}

const everything = ['loop', 'asyncio', 'host', 'trace', 'explore', 'vitest', 'cli'];

/** The arrows of docs/design.md. */
const layers: Readonly<Record<string, Layer>> = {
  loop: { runtime: [], foreign: false },
  asyncio: { runtime: ['loop'], foreign: true },
  host: { runtime: ['loop'], foreign: true },
  trace: { runtime: [], types: ['loop'], foreign: true },
  explore: { runtime: ['loop', 'asyncio', 'trace'], foreign: true },
  vitest: { runtime: everything.filter((name) => name !== 'vitest' && name !== 'cli'), foreign: true },
  cli: { runtime: everything.filter((name) => name !== 'cli'), foreign: true },
  bench: { runtime: everything, foreign: true },
};

const scope = '@timeloom/';

/** Imports in `packages/<name>/src` that the layering does not allow. */
export function layeringFindings(imports: readonly Import[]): Finding[] {
  return imports.flatMap((one) => {
    const reason = objection(one);
    return reason === null ? [] : [{ path: one.from, line: one.line, message: reason }];
  });
}

function objection(one: Import): string | null {
  const name = one.from.split('/')[1]!;
  const layer = layers[name];
  if (layer === undefined) return `package ${name} has no place in the table of layers`;
  const target = targetOf(one);
  if (target !== null) {
    return target.startsWith(`packages/${name}/src/`) ? null : `${one.specifier} leads out of the package`;
  }
  if (!one.specifier.startsWith(scope)) {
    return layer.foreign ? null : `${name} imports nothing, not ${one.specifier}`;
  }
  const imported = one.specifier.slice(scope.length).split('/')[0]!;
  if (layer.runtime.includes(imported)) return null;
  if (layer.types?.includes(imported) !== true) return `${name} must not import ${imported}`;
  return one.typeOnly ? null : `${name} imports only types from ${imported}: write import type`;
}

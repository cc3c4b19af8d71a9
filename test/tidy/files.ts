import type { Finding, SourceFile } from './source-file.ts';

/** Files with more than `limit` lines. */
export function lengthFindings(files: readonly SourceFile[], limit: number): Finding[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n').length;
    return lines > limit ? [{ path, message: `has ${lines} lines, and ${limit} is the limit` }] : [];
  });
}

const word = '[a-z0-9]+';
const kebabCase = new RegExp(`^${word}(-${word})*(\\.${word}(-${word})*)+$`);

/** Files whose names are not in kebab-case. */
export function nameFindings(paths: readonly string[]): Finding[] {
  return paths
    .filter((path) => !kebabCase.test(path.split('/').at(-1)!))
    .map((path) => ({ path, message: 'is not named in kebab-case' }));
}

/** Lines of a lock file that name the server a package came from. */
export function registryFindings({ path, text }: SourceFile): Finding[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      /https?:\/\/\S+\.tgz|"resolved": "(?:https?|git\+?\w*|ssh):/.test(line)
        ? [{ path, line: index + 1, message: `names a server: ${line.trim()}` }]
        : [],
    );
}

/** Arrow functions that are assigned to fields of classes. */
export function arrowFieldFindings({ path, text }: SourceFile): Finding[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      /^ {2}(?:(?:public|private|protected|readonly|override) )*#?\w+(?::.+)? = (?:async )?(?:\w+|\([^)]*\))(?:: [^=]+)? =>/.test(
        line,
      )
        ? [{ path, line: index + 1, message: `keeps an arrow function in a field: ${line.trim()}` }]
        : [],
    );
}

/** What a package.json says that the checks look at. */
interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Dependencies that users of the package would get from outside of this repository. */
export function dependencyFindings({ path, text }: SourceFile): Finding[] {
  const { dependencies, peerDependencies, optionalDependencies } = JSON.parse(text) as Manifest;
  return Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })
    .filter((name) => !name.startsWith('@timeloom/'))
    .map((name) => ({ path, message: `depends on ${name}` }));
}

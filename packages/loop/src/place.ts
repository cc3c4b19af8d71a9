/**
 * Tells the code of packages of ours from that of users, who may have folders of the same names.
 *
 * @param url of a module of one of them, as it runs: in its `src` or its `dist`.
 * @param names of the packages, which lie side by side.
 * @returns whether a path, or a path with a line, is in one of them, built or mapped back to its source.
 */
export function codeOf(url: string, names: readonly string[]): (path: string) => boolean {
  const inside = String.raw`(?:${names.join('|')})[\\/](?:dist|src)[\\/]`;
  const siblings = new RegExp(String.raw`^(.*[\\/])${inside}`).exec(pathOf(url))?.[1];
  const isSibling = new RegExp(`^${inside}`);
  const installed = new RegExp(String.raw`[\\/]@timeloom[\\/]${inside}`);
  return (path) =>
    (siblings !== undefined && path.startsWith(siblings) && isSibling.test(path.slice(siblings.length))) ||
    installed.test(path);
}

// Paths and the names of functions may have parentheses. Code that was evaluated has no place of its own.
const frame = /^\s*at (?!.*\(eval at )(?:async )?(?:.* \()?((?:file:|https?:|[A-Za-z]:[\\/]|\/).*:\d+:\d+)\)?$/;

/** `file:line:column` of the first frame of a stack that is neither the host's nor `isOurs`; undefined if there is none. */
export function firstPlace(stack: string | undefined, isOurs: (path: string) => boolean): string | undefined {
  for (const line of stack?.split('\n').slice(1) ?? []) {
    const place = frame.exec(line)?.[1];
    if (place === undefined) continue;
    const path = pathOf(place);
    if (!isOurs(path)) return path;
  }
  return undefined;
}

/** Modules have URLs, scripts have paths, in which a `%` is a `%`. */
function pathOf(place: string): string {
  if (!place.startsWith('file://')) return place;
  const path = place.slice('file://'.length);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

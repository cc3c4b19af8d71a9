/**
 * Adds to package-lock.json the native packages of other platforms that npm left out: those that
 * the registry or mirror at hand does not offer. Without them `npm ci` says that the lock file is
 * not in sync with package.json. A platform that does not need a package never fetches it.
 *
 *     node scripts/complete-lock-file.mjs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Entry
 * @property {string} [version]
 * @property {string} [license]
 * @property {boolean} [dev]
 * @property {Readonly<Record<string, string>>} [optionalDependencies]
 */

/** @typedef {{ path: string, name: string, version: string, parent: Entry }} Missing */

/**
 * The optional dependencies of packages for which the lock file has no entry.
 *
 * @param {Readonly<Record<string, Entry>>} packages
 * @returns {Missing[]}
 */
export function missingEntries(packages) {
  return Object.entries(packages).flatMap(([parentPath, parent]) =>
    Object.entries(parent.optionalDependencies ?? {})
      .filter(([name]) => !foldersAbove(parentPath).some((folder) => `${folder}${name}` in packages))
      .map(([name, version]) => {
        // Beside the parent: no other version of the package can stand in the way there.
        const folder = parentPath.slice(0, parentPath.lastIndexOf('node_modules/')) + 'node_modules/';
        return { path: `${folder}${name}`, name, version, parent };
      }),
  );
}

/**
 * Where Node looks for what a package imports.
 *
 * @param {string} path
 */
function foldersAbove(path) {
  const parts = path.split('node_modules/');
  const above = parts.map((_, length) => `${parts.slice(0, length + 1).join('node_modules/')}node_modules/`);
  return [`${path}/node_modules/`, ...above];
}

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/**
 * What a lock file says of a package that is for one platform, as its name tells: `…linux-x64-musl`.
 *
 * @param {Missing} missing
 */
export function entryFor({ name, version, parent }) {
  const words = name.split(/[^a-z0-9]+/);
  const cpu = words.filter((word) => processors.includes(word));
  const os = words.filter((word) => systems.includes(word));
  const libc = words.flatMap((word) => (word.startsWith('gnu') ? ['glibc'] : word.startsWith('musl') ? ['musl'] : []));
  if (cpu.length === 0 || !/^\d/.test(version)) throw new Error(`${name}@${version} is for no platform that is known`);
  return {
    version,
    cpu,
    ...(parent.dev === true ? { dev: true } : {}),
    ...(os.includes('linux') && libc.length > 0 ? { libc } : {}),
    ...(parent.license === undefined ? {} : { license: parent.license }),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(import.meta.dirname, '..', 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingEntries(lock.packages);
  for (const one of missing) lock.packages[one.path] = entryFor(one);
  const entries = Object.entries(lock.packages);
  lock.packages = Object.fromEntries(entries.toSorted(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${missing.length} packages of other platforms added to package-lock.json`);
}

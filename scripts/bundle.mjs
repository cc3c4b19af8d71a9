/**
 * Puts what tsc has compiled of each published package together, as a few files in its `dist`: for Node, to
 * load 200 small modules takes longer than to run most test files. Run it behind `tsc -b`: `npm run build`.
 *
 * A module becomes part of one file only, however many entries of its package need it, so that its state
 * is there once. Other packages stay imports. All files lie in `dist` itself, so `new URL('./other.js',
 * import.meta.url)` holds wherever the module that says it was put.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');

/**
 * Modules that are started by their address, by name of the package: file in `dist`, and the source.
 *
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
export const startedByUrl = {
  timeloom: {
    bin: 'bin',
    'hosted-program': 'hosted-program',
    'watch-thread': 'watch/watch-thread',
    'interrupt-thread': 'watch/interrupt-thread',
    typescript: 'typescript',
    'typescript-hooks': 'typescript-hooks',
  },
  '@timeloom/explore': { worker: 'workers/worker', 'fresh-hooks': 'fresh/fresh-hooks' },
};

/**
 * Modules that threads of other programs require before anything else, in the same form. Each is one file of
 * CommonJS with all that it needs, as workers that evaluate a text import nothing before it.
 *
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
const required = { '@timeloom/host': { 'in-worker': 'io/in-worker' } };

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {boolean} [private]
 * @property {Readonly<Record<string, string | Readonly<{ default: string }>>>} exports
 * @property {Readonly<Record<string, string>>} [dependencies]
 * @property {Readonly<Record<string, string>>} [peerDependencies]
 */

const packageFolders = () => {
  const packages = join(root, 'packages');
  return readdirSync(packages)
    .map((name) => join(packages, name))
    .filter((folder) => existsSync(join(folder, 'package.json')));
};

/** @param {string} folder @returns {Manifest} */
const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/**
 * What Node is to find in `dist`, with the compiled module that it comes from.
 *
 * @param {string} compiled
 * @param {Manifest} manifest
 */
function entriesOf(compiled, { name, exports }) {
  const exported = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target.default.replace(/^\.\/dist\/|\.js$/g, '')],
  );
  const entries = { ...Object.fromEntries(exported.map((file) => [file, file])), ...startedByUrl[name] };
  return Object.fromEntries(Object.entries(entries).map(([file, module]) => [file, join(compiled, `${module}.js`)]));
}

/** @param {string} folder of a package */
async function bundlePackage(folder) {
  const manifest = manifestOf(folder);
  if (manifest.private === true) return;
  const compiled = join(folder, '.build');
  const dist = join(folder, 'dist');
  const packages = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  /** @type {Pick<import('rolldown').InputOptions, 'cwd' | 'external' | 'platform' | 'plugins' | 'onLog'>} */
  const options = {
    cwd: folder,
    external: (id) => id.startsWith('node:') || packages.some((name) => id === name || id.startsWith(`${name}/`)),
    platform: 'node',
    plugins: [{ name: 'source-maps', load: (id) => (normalize(id).startsWith(compiled) ? readCompiled(id) : null) }],
    onLog: (_, { message }) => {
      throw new Error(`${manifest.name}: ${message}`);
    },
  };
  // They are in the sources and in the declarations, and here everybody would wait for them to be read.
  const comments = false;
  const bundle = await rolldown({ ...options, input: entriesOf(compiled, manifest) });
  const { output } = await bundle.write({
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'part-[name].js',
    minify: false,
    comments,
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  await bundle.close();
  for (const [name, module] of Object.entries(required[manifest.name] ?? {})) {
    await bundleRequired(join(compiled, `${module}.js`), join(dist, `${name}.cjs`), options);
  }
  removeOthers(dist, new Set(output.map(({ fileName }) => join(dist, fileName))));
}

/**
 * One file with all that it needs of our packages too: `require` could not load them in every program, as what
 * a program is run with may lead to their sources.
 *
 * @param {string} input
 * @param {string} file
 * @param {import('rolldown').InputOptions} options
 */
async function bundleRequired(input, file, options) {
  const alias = Object.fromEntries(
    packageFolders().map((folder) => [manifestOf(folder).name, join(folder, '.build', 'index.js')]),
  );
  const bundle = await rolldown({
    ...options,
    input,
    external: (id) => id.startsWith('node:'),
    resolve: { alias },
    // Of each module what is used, and nothing that it does when it is imported.
    treeshake: { moduleSideEffects: [{ test: /[\\/]\.build[\\/]/, sideEffects: false }] },
  });
  await bundle.write({ file, format: 'cjs', comments: false });
  await bundle.close();
}

/** A compiled module with its source map, so that stack traces lead to the sources. @param {string} file */
function readCompiled(file) {
  const code = readFileSync(file, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '');
  return { code, map: readFileSync(`${file}.map`, 'utf8') };
}

/**
 * Removes what an earlier build has left: only when the new files are there, for somebody may be using them.
 *
 * @param {string} dist
 * @param {ReadonlySet<string>} written
 */
function removeOthers(dist, written) {
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const file = join(dist, name);
    if (/\.js(\.map)?$/.test(file) && !written.has(file)) rmSync(file);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const folder of packageFolders()) await bundlePackage(folder);
}

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What was built, in processes of its own: vitest imports modules in another way than Node. */

const dist = join(import.meta.dirname, '../dist');
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'timeloom-')));

beforeAll(() => {
  if (!existsSync(join(dist, 'fresh.js'))) throw new Error('dist is missing: npm run build');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(scratch, path)), { recursive: true });
    writeFileSync(join(scratch, path), text);
  }
});

afterAll(() => rmSync(scratch, { recursive: true }));

const files = {
  'counter.mjs': 'let count = 0; export const next = () => ++count;',
  'counter.cjs': 'let count = 0; exports.next = () => ++count;',
  'both.mjs': "export { next } from './counter.mjs'; export { next as nextOfCommon } from './counter.cjs';",
  'throws.mjs': "import './counter.cjs'; throw new RangeError('not today');",
  'program.mjs':
    "import { next } from './counter.mjs'; export const program = ({ assert }) => assert(next() === 1, 'not new');" +
    'export const twice = ({ assert }) => assert(next() + next() === 3);',
  'logs.mjs': "log('imported'); export default () => log('run');",
};

const url = (path: string): string => JSON.stringify(pathToFileURL(path).href);

/** Runs an ES module in a process, and gives what it prints as JSON. */
async function run(code: string): Promise<unknown> {
  const script = `import { createRequire } from 'node:module';
    import { freshProgram, importFresh } from ${url(join(dist, 'fresh.js'))};
    import { explore, replay } from ${url(join(dist, 'index.js'))};
    const url = (name) => ${url(`${scratch}/`)} + name;
    const require = createRequire(url(''));
    const print = (value) => console.log(JSON.stringify(value));
    const thrown = (action) => Promise.resolve().then(action).then(() => 'nothing', String);
    ${code}`;
  const args = ['--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } });
  return JSON.parse(stdout);
}

describe('importFresh', () => {
  it('gives modules whose state is new, each time', async () => {
    const counts = await run(`
      const counts = [];
      for (let i = 0; i < 3; i++) {
        const { exports: { next, nextOfCommon }, forget } = await importFresh(url('both.mjs'));
        counts.push(next(), next(), nextOfCommon());
        forget();
      }
      print(counts);`);
    expect(counts).toEqual([1, 2, 1, 1, 2, 1, 1, 2, 1]);
  });

  it('leaves the modules of the rest of the process as they are, also if the import fails', async () => {
    const counts = await run(`
      const before = require('./counter.cjs');
      before.next();
      const { exports, forget } = await importFresh(url('both.mjs'));
      const meanwhile = require('./counter.cjs') === before;
      forget();
      forget();
      const after = require('./counter.cjs').next();
      const error = await thrown(() => importFresh(url('throws.mjs')));
      print([exports.nextOfCommon(), meanwhile, after, error, require('./counter.cjs').next()]);`);
    expect(counts).toEqual([1, false, 2, 'RangeError: not today', 3]);
  });

  it('refuses what is no file', async () => {
    const errors = await run(`print(await Promise.all([
      thrown(() => importFresh('node:fs')), thrown(() => importFresh('data:text/javascript,0')), thrown(() => freshProgram(7)), thrown(() => freshProgram('data:text/javascript,0')),
    ]));`);
    const message = expect.stringMatching(/^TypeError: module must be a file: URL, .*got /);
    expect(errors).toEqual([message, message, message, message]);
  });
});

describe('freshProgram', () => {
  it('is a program that can be searched and replayed, by the name of an export', async () => {
    const found = await run(`
      const program = freshProgram(new URL(url('program.mjs')));
      const twice = freshProgram(url('program.mjs'), { export: 'twice' });
      const missing = await explore(freshProgram(url('program.mjs'), { export: 'none' }), { runs: 1 });
      print([
        (await explore(program, { runs: 5 })).passed,
        (await explore(twice, { runs: 5 })).passed,
        String(missing.failures[0].outcome.error),
      ]);`);
    expect(found).toEqual([
      true,
      true,
      expect.stringMatching(
        /^TypeError: export "none" of file:.*program\.mjs must be a function, or an object with load\(\)/,
      ),
    ]);
  });

  it('prepares the loop of a run before it imports, and undoes that when the run is over', async () => {
    const log = await run(`
      const log = [];
      globalThis.log = (text) => void log.push(text);
      const prepare = (loop) => (log.push('prepared at ' + loop.time()), () => void log.push('undone'));
      await explore(freshProgram(url('logs.mjs'), { prepare }), { runs: 1, nondeterminism: 'ignore' });
      print(log);`);
    expect(log).toEqual(['prepared at 1000', 'imported', 'run', 'undone']);
  });

  it('says so if somebody else prepares its runs, for then it has imported nothing', async () => {
    const error = await run(`
      const { failures } = await explore(freshProgram(url('program.mjs')), { runs: 1, prepare: () => () => {} });
      print(String(failures[0].outcome.error));`);
    expect(error).toMatch(/^TypeError: .*: give prepare to freshProgram\(\), and not to the search$/);
  });
});

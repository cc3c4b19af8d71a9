import fs, { promises as fsPromises } from 'node:fs';
import http from 'node:http';
import { createRandom, type Scheduler } from '@timeloom/loop';
import * as fc from 'fast-check';
import { Volume } from 'memfs';
import { describe, expect, it } from 'vitest';
import { withSimulation } from './helpers.ts';

/** A scheduler that draws. */
function drawing(seed: number): Scheduler {
  const random = createRandom(seed);
  return { choose: ({ size }) => Math.floor(random() * size) };
}

const path = fc.constantFrom('/a', '/b', '/a/b', '/a/c', '/b/b');
const call = fc.oneof(
  fc.tuple(fc.constant('writeFile'), fc.tuple(path, fc.string({ maxLength: 5 }))),
  fc.tuple(fc.constant('appendFile'), fc.tuple(path, fc.string({ maxLength: 5 }))),
  fc.tuple(fc.constantFrom('rename', 'copyFile', 'symlink'), fc.tuple(path, path)),
  fc.tuple(fc.constant('mkdir'), fc.tuple(path, fc.record({ recursive: fc.boolean() }))),
  fc.tuple(fc.constant('rm'), fc.tuple(path, fc.record({ recursive: fc.boolean(), force: fc.boolean() }))),
  fc.tuple(fc.constant('readFile'), fc.tuple(path, fc.constant('utf8'))),
  fc.tuple(fc.constantFrom('unlink', 'rmdir', 'readdir', 'readlink', 'access', 'realpath'), fc.tuple(path)),
);

type Call = readonly [name: string, args: readonly unknown[]];
type Functions = Record<string, (...args: readonly unknown[]) => unknown>;

const attempt = (action: () => unknown): unknown => {
  try {
    return action();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
};

/** The result of each call, made at once. */
const callSync = (volume: object, calls: readonly Call[]): unknown[] =>
  calls.map(([name, args]) => attempt(() => (volume as Functions)[`${name}Sync`]!(...args)));

describe('Simulated files', () => {
  it('give, call by call, what the Sync functions give', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 12 }), fc.integer(), async (calls, seed) => {
        const volume = Volume.fromJSON({});
        const results = await withSimulation(
          { fs: { on: volume, latencyMs: [0, 20] } },
          async () => {
            const got: unknown[] = [];
            for (const [name, args] of calls) {
              const promise = (fsPromises as unknown as Functions)[name]!(...args) as Promise<unknown>;
              got.push(await promise.catch((error: NodeJS.ErrnoException) => error.code));
            }
            return got;
          },
          { scheduler: drawing(seed) },
        );
        const other = Volume.fromJSON({});
        expect(results).toEqual(callSync(other, calls));
        expect(volume.toJSON()).toEqual(other.toJSON());
      }),
      { numRuns: 50 },
    );
  });

  it('end, made all at once, in a state that some order of the calls gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 2, maxLength: 4 }), fc.integer(), async (calls, seed) => {
        const volume = Volume.fromJSON({ '/a/b': 'old' });
        const order: Call[] = [];
        await withSimulation(
          { fs: { on: volume } },
          () =>
            Promise.all(
              calls.map(async (one) => {
                const promise = (fsPromises as unknown as Functions)[one[0]]!(...one[1]) as Promise<unknown>;
                await promise.catch(() => {});
                order.push(one);
              }),
            ),
          { scheduler: drawing(seed) },
        );
        const other = Volume.fromJSON({ '/a/b': 'old' });
        callSync(other, order);
        expect(volume.toJSON()).toEqual(other.toJSON());
      }),
      { numRuns: 50 },
    );
  });

  it('keep what is written to one file in order, whatever the search chooses', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ maxLength: 3 }), { maxLength: 8 }), fc.integer(), async (parts, seed) => {
        const text = await withSimulation(
          { fs: { on: Volume.fromJSON({}), latencyMs: [0, 50] } },
          async () => {
            const handle = await fsPromises.open('/file', 'w');
            await Promise.all([...parts.map((part) => handle.write(part)), handle.close()]);
            return fs.readFileSync('/file', 'utf8');
          },
          { scheduler: drawing(seed) },
        );
        expect(text).toBe(parts.join(''));
      }),
      { numRuns: 30 },
    );
  });
});

describe('Simulated http', () => {
  it('delivers each body whole and in order, whatever the search chooses', async () => {
    const body = fc.array(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(body, { minLength: 1, maxLength: 4 }), fc.integer(), async (bodies, seed) => {
        const answers = await withSimulation(
          { http: { listener: (request, response) => void request.pipe(response), latencyMs: [0, 30] } },
          () => Promise.all(bodies.map((parts) => echo(parts))),
          { scheduler: drawing(seed) },
        );
        expect(answers).toEqual(bodies.map((parts) => parts.join('')));
      }),
      { numRuns: 30 },
    );
  });
});

/** Sends the parts one by one; gives what comes back. */
function echo(parts: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: 'service.test', method: 'POST' }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
    for (const part of parts) request.write(part);
    request.end();
  });
}

// First, so that what is replaced is replaced before it is imported by name.
import { expect, it } from '@timeloom/vitest';
import * as crypto from 'node:crypto';
import * as dns from 'node:dns';
import * as files from 'node:fs/promises';
import * as host from 'node:process';
import * as timers from 'node:timers';
import * as promises from 'node:timers/promises';
import * as threads from 'node:worker_threads';
import * as zlib from 'node:zlib';

// Not `node:fs`: in contexts of node:vm vitest imports that first.
const modules: Record<string, object> = { crypto, dns, files, host, promises, threads, timers, zlib };

// Of `process` vitest itself replaces one.
const byVitest = new Set<unknown>([process.chdir]);

it.each(Object.keys(modules))('%s', (module) => {
  const { default: all, ...named } = modules[module] as { readonly default: object };
  const imported = Object.entries(named).filter(([name]) => !byVitest.has(Reflect.get(all, name)));
  const real = imported.filter(([name, value]) => typeof value === 'function' && value !== Reflect.get(all, name));
  expect(real.map(([name]) => name)).toEqual([]);
});

/** Modules of Node, as they are imported by name. */
import * as crypto from 'node:crypto';
import * as dns from 'node:dns';
import * as fs from 'node:fs';
import * as files from 'node:fs/promises';
import * as host from 'node:process';
import * as http from 'node:http';
import * as promises from 'node:timers/promises';
import * as threads from 'node:worker_threads';
import * as timers from 'node:timers';

const modules: Record<string, object> = { crypto, dns, files, fs, host, http, promises, threads, timers };

// vitest replaces it, behind the first import or before it.
const byVitest: ReadonlySet<unknown> = new Set([process.chdir, host.chdir]);

/** Functions that are not those which their modules have now. */
export function outdated(): string[] {
  return Object.entries(modules).flatMap(([module, exported]) => {
    const { default: now, ...named } = exported as { readonly default: object };
    const functions = Object.entries(named).filter(([, value]) => typeof value === 'function');
    const old = functions.filter(([name, value]) => value !== Reflect.get(now, name) && !byVitest.has(value));
    return old.map(([name]) => `${module}.${name}`);
  });
}

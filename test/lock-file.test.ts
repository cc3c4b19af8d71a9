import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entryFor, missingEntries } from '../scripts/complete-lock-file.mjs';

const lockFile = join(import.meta.dirname, '..', 'package-lock.json');

describe('the lock file', () => {
  it('has every optional package, as npm ci wants it (else run scripts/complete-lock-file.mjs)', () => {
    const { packages } = JSON.parse(readFileSync(lockFile, 'utf8')) as {
      packages: Parameters<typeof missingEntries>[0];
    };
    expect(missingEntries(packages).map(({ path }) => path)).toEqual([]);
  });
});

describe('missingEntries', () => {
  const parent = { version: '1.0.0', dev: true, license: 'MIT', optionalDependencies: { '@a/linux-x64': '1.0.0' } };
  const missing = (packages: Parameters<typeof missingEntries>[0]) => missingEntries(packages).map(({ path }) => path);

  it('finds an optional dependency without an entry, and puts it beside its parent', () => {
    expect(missing({ 'node_modules/a': parent })).toEqual(['node_modules/@a/linux-x64']);
    expect(missing({ 'node_modules/b/node_modules/a': parent })).toEqual(['node_modules/b/node_modules/@a/linux-x64']);
  });

  it('accepts an entry wherever the parent would find it', () => {
    const entry = { version: '1.0.0' };
    expect(missing({ 'node_modules/b/node_modules/a': parent, 'node_modules/@a/linux-x64': entry })).toEqual([]);
    expect(missing({ 'node_modules/a': parent, 'node_modules/a/node_modules/@a/linux-x64': entry })).toEqual([]);
  });
});

describe('entryFor', () => {
  const entry = (name: string, version = '1.0.0') => entryFor({ path: '', name, version, parent: { dev: true } });

  it('reads the platform in the name', () => {
    expect(entry('@a/binding-linux-arm-musleabihf')).toEqual({
      version: '1.0.0',
      cpu: ['arm'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    });
    expect(entry('@a/darwin-arm64')).toMatchObject({ cpu: ['arm64'], os: ['darwin'] });
  });

  it('refuses packages that are for no platform, and ranges', () => {
    expect(() => entry('fsevents')).toThrow('fsevents@1.0.0 is for no platform that is known');
    expect(() => entry('@a/darwin-arm64', '^1.0.0')).toThrow('is for no platform');
  });
});

import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { runVirtually } from './helpers.ts';

// A file of its own: once a store is known to be in use, it is looked for no more.
it('an AsyncLocalStorage that was entered before the takeover is kept in callbacks', async () => {
  const storage = new AsyncLocalStorage<string>();
  const inStore = storage.run('before', () => AsyncLocalStorage.snapshot());
  const stores = await runVirtually(async () => {
    const stores: unknown[] = [];
    const note = (): number => stores.push(storage.getStore());
    inStore(() => {
      setTimeout(note, 1);
      setImmediate(note);
    });
    setTimeout(note, 1);
    await sleep(5);
    return stores;
  });
  expect(stores).toEqual(['before', 'before', undefined]);
});

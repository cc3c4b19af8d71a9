import { AsyncioEventLoop, VirtualClock } from '@timeloom/asyncio';
import { shared, sharedObject } from '@timeloom/explore';
import type { AccessMode } from '@timeloom/loop';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** What a function accesses in a step of a loop: the modes, object by object in the order of the first accesses. */
async function accessesOf(action: () => void): Promise<string[]> {
  const accesses = new Map<object, AccessMode[]>();
  const loop = new AsyncioEventLoop({ clock: new VirtualClock() });
  let watching = false;
  loop.observe({
    accessed: (object, mode) => {
      if (!watching) return;
      const modes = accesses.get(object);
      if (modes === undefined) accesses.set(object, [mode]);
      else modes.push(mode);
    },
  });
  loop.callSoon(() => {
    watching = true;
    action();
    watching = false;
    loop.stop();
  });
  await loop.runForever();
  loop.close();
  return [...accesses.values()].map((modes) => modes.join(' '));
}

describe('A shared cell', () => {
  it('holds a value', () => {
    const cell = shared(1);
    cell.set(2);
    expect(cell.update((value) => value * 10)).toBe(20);
    expect(cell.get()).toBe(20);
  });

  it('declares that it was made, is read, and is written', async () => {
    const accesses = await accessesOf(() => {
      const cell = shared('a');
      cell.get();
      cell.set('b');
      cell.update((value) => value + value);
    });
    expect(accesses).toEqual(['create read write write']);
  });

  it('keeps its value when an update throws', () => {
    const cell = shared(1);
    expect(() =>
      cell.update(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(cell.get()).toBe(1);
  });
});

describe('A shared object', () => {
  it('is used like the object itself', () => {
    const value = fc.oneof(fc.integer(), fc.string());
    const key = fc.constantFrom('a', 'b', 'c');
    const command = fc.oneof(
      fc.record({ do: fc.constant('set' as const), key, value }),
      fc.record({ do: fc.constant('delete' as const), key, value }),
      fc.record({ do: fc.constant('read' as const), key, value }),
    );
    fc.assert(
      fc.property(fc.array(command), (commands) => {
        const plain: Record<string, unknown> = { a: 1 };
        const watched = sharedObject<Record<string, unknown>>({ a: 1 });
        for (const { do: what, key: name, value: given } of commands) {
          for (const target of [plain, watched]) {
            if (what === 'set') target[name] = given;
            else if (what === 'delete') Reflect.deleteProperty(target, name);
          }
          expect([watched[name], name in watched, Object.keys(watched)]).toEqual([
            plain[name],
            name in plain,
            Object.keys(plain),
          ]);
        }
        expect({ ...watched }).toEqual(plain);
      }),
    );
  });

  it('declares each property for itself', async () => {
    const account = { balance: 0, owner: 'a' };
    let watched = account;
    const accesses = await accessesOf(() => {
      watched = sharedObject(account);
      watched.balance += 10;
      expect(watched.owner).toBe('a');
    });
    // Its set of keys, its balance, its owner. An assignment looks at the property first.
    expect(accesses).toEqual(['create', 'create read read write', 'create read']);
    expect(account.balance).toBe(10);
  });

  it('tells a new key, or one less, to who looks at the keys', async () => {
    const watched = sharedObject<Record<string, number>>({ a: 1 });
    expect((await accessesOf(() => void Object.keys(watched)))[0]).toBe('read');
    expect(await accessesOf(() => void (watched['b'] = 2))).toContain('write');
    const accesses = await accessesOf(() => {
      for (const _ in watched) break;
      delete watched['a'];
    });
    expect(accesses[0]).toMatch(/^read.* write$/);
  });

  it('can be an array', async () => {
    const list = sharedObject([1, 2]);
    list.push(3);
    expect(list.map((value) => value * 2)).toEqual([2, 4, 6]);
    list.length = 1;
    expect([...list]).toEqual([1]);
    const last = sharedObject([1, 2]);
    // Its length, its keys, and the element that goes.
    expect(await accessesOf(() => (last.length = 1))).toEqual(['read write', 'write', 'write']);
    expect((await accessesOf(() => list.push(5))).filter((modes) => modes.includes('write')).length).toBeGreaterThan(1);
  });

  it.each([[new Map()], [new Date(0)], [7], [null], [() => {}]])('refuses %s', (value) => {
    expect(() => sharedObject(value as object)).toThrow(/^sharedObject\(\) expects a plain object or an array, got /);
  });
});

import {
  AsyncioEventLoop,
  Barrier,
  Condition,
  createTask,
  Event,
  gather,
  Lock,
  Operation,
  Queue,
  Semaphore,
  sleep,
  taskGroup,
  VirtualClock,
  wait,
} from '@timeloom/asyncio';
import type { AccessMode } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';

/** Runs `main`; gives how an object is accessed from the moment on at which `main` hands it to `listen`. */
async function accessesOf(main: (listen: (object: object) => void) => Promise<void>): Promise<Set<AccessMode>> {
  const modes = new Set<AccessMode>();
  let subject: object | null = null;
  const accessed = (object: object, mode: AccessMode): void => {
    if (object === subject) modes.add(mode);
  };
  const loop = new AsyncioEventLoop({ clock: new VirtualClock(), instruments: [{ accessed }] });
  await loop.runUntilComplete(async () => {
    await main((object) => (subject = object));
    subject = null;
  });
  loop.close();
  return modes;
}

type Use<T> = (object: T) => unknown;

const lockIsHeld: Use<Lock> = (lock) => lock.acquire();

describe('It is declared', () => {
  it.each<[string, () => object]>([
    ['Lock', () => new Lock()],
    ['Semaphore', () => new Semaphore()],
    ['Event', () => new Event()],
    ['Condition', () => new Condition()],
    ['Barrier', () => new Barrier(1)],
    ['Queue', () => new Queue()],
  ])('that a %s is made', async (_, make) => {
    const created: object[] = [];
    const accessed = (object: object, mode: AccessMode): void => void (mode === 'create' && created.push(object));
    const loop = new AsyncioEventLoop({ clock: new VirtualClock(), instruments: [{ accessed }] });
    const made = await loop.runUntilComplete(async () => make());
    loop.close();
    expect(created).toContain(made);
  });

  it.each<[string, AccessMode, Use<Lock>, Use<Lock>]>([
    ['is looked at', 'read', (lock) => lock.locked(), () => {}],
    ['is acquired', 'write', (lock) => lock.acquire(), () => {}],
    ['is released', 'write', (lock) => lock.release(), lockIsHeld],
  ])('that a lock %s', async (_, mode, use, before) => {
    const modes = await accessesOf(async (listen) => {
      const lock = new Lock();
      await before(lock);
      listen(lock);
      await use(lock);
    });
    expect(modes).toEqual(new Set([mode]));
  });

  it.each<[string, AccessMode, Use<Event>]>([
    ['is looked at', 'read', (event) => event.isSet()],
    ['is set', 'write', (event) => event.set()],
    ['is cleared', 'write', (event) => event.clear()],
  ])('that an event %s', async (_, mode, use) => {
    const modes = await accessesOf(async (listen) => {
      const event = new Event();
      listen(event);
      await use(event);
    });
    expect(modes).toEqual(new Set([mode]));
  });

  it.each<[string, AccessMode, Use<Queue<number>>]>([
    ['is looked at', 'read', (queue) => queue.empty()],
    ['is joined', 'read', (queue) => queue.join()],
    ['gets an item', 'write', (queue) => queue.put(1)],
    ['is shut down', 'write', (queue) => queue.shutdown()],
  ])('that a queue %s', async (_, mode, use) => {
    const modes = await accessesOf(async (listen) => {
      const queue = new Queue<number>();
      listen(queue);
      await use(queue);
    });
    expect(modes).toContain(mode);
    if (mode === 'read') expect(modes).not.toContain('write');
  });

  it('that a task comes to wait at a queue, because the order of those who wait counts', async () => {
    const modes = await accessesOf(async (listen) => {
      const queue = new Queue<number>();
      listen(queue);
      const getter = createTask(() => queue.get());
      await sleep(0);
      getter.cancel();
    });
    expect(modes).toContain('write');
  });

  it('that a future is looked at, and that it is settled', async () => {
    const future = (use: (future: ReturnType<AsyncioEventLoop['createFuture']>) => unknown) =>
      accessesOf(async (listen) => {
        const made = createTask(() => sleep(0)).loop.createFuture<unknown>();
        listen(made);
        use(made);
      });
    expect(await future((made) => made.done())).toEqual(new Set(['read']));
    expect(await future((made) => made.cancelled())).toEqual(new Set(['read']));
    expect(await future((made) => made.setResult(1))).toContain('write');
    expect(await future((made) => made.cancel())).toContain('write');
  });

  it('that a task is cancelled', async () => {
    const modes = await accessesOf(async (listen) => {
      const task = createTask(() => sleep(1));
      await sleep(0);
      listen(task);
      task.cancel();
    });
    expect(modes).toContain('write');
  });

  it('that an operation completes', async () => {
    const modes = await accessesOf(async (listen) => {
      const { loop } = createTask(() => sleep(0));
      const operation = new Operation(loop, { label: 'io', latencyMs: null });
      listen(operation);
      await operation;
    });
    expect(modes).toEqual(new Set(['read', 'write']));
  });
});

describe('Children that are done are added, not written, so that their order does not count', () => {
  /** The modes of all accesses in the steps that children's callbacks are. */
  async function modesOfCallbacks(main: () => Promise<unknown>): Promise<string[]> {
    const modes: string[] = [];
    let label = '';
    const loop = new AsyncioEventLoop({
      clock: new VirtualClock(),
      instruments: [
        {
          stepStarted: (handle) => void (label = handle.label),
          accessed: (_, mode) => void (/ChildDone|waitCompleted|taskDone/.test(label) && modes.push(mode)),
        },
      ],
    });
    await loop.runUntilComplete(main).catch(() => {});
    loop.close();
    return modes;
  }

  const nap = (): Promise<void> => Promise.resolve();
  const fail = async (): Promise<never> => {
    throw new Error('expected');
  };

  it.each<[string, () => Promise<unknown>]>([
    ['gather', async () => await gather([nap, nap])],
    ['wait', async () => await wait([createTask(nap), createTask(nap)])],
    [
      'taskGroup',
      async () =>
        await taskGroup(async (group) => {
          group.createTask(nap);
          group.createTask(nap);
        }),
    ],
  ])('by %s', async (_, main) => {
    const modes = await modesOfCallbacks(main);
    expect(modes.filter((mode) => mode === 'add')).toHaveLength(2);
    // Of the last: it settles what the others are added to.
    expect(modes.filter((mode) => mode === 'write').length).toBeLessThanOrEqual(1);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['gather', async () => await gather([nap, fail])],
    ['wait', async () => await wait([createTask(nap), createTask(nap)], { returnWhen: 'FIRST_COMPLETED' })],
    [
      'taskGroup',
      async () =>
        await taskGroup(async (group) => {
          group.createTask(nap);
          group.createTask(fail);
        }),
    ],
  ])('unless it does count, by %s', async (_, main) => {
    expect((await modesOfCallbacks(main)).filter((mode) => mode === 'write').length).toBeGreaterThan(1);
  });
});

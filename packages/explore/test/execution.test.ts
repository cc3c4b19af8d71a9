import { EventEmitter } from 'node:events';
import { readdir } from 'node:fs';
import { coroutine, createTask } from '@timeloom/asyncio';
import { FifoScheduler, type EventLoop } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { execute } from '../src/execution.ts';
import { explore, type ExploreOptions, type IoOptions, type Program, type ProgramContext } from '../src/index.ts';

const fifo = (program: Program): ReturnType<typeof execute> => execute(program, new FifoScheduler());

describe('A run fails if', () => {
  it('a task fails and nobody awaits it', async () => {
    const { outcome } = await fifo(async ({ sleep }) => {
      createTask(
        coroutine(async () => {
          throw new Error('nobody looks');
        })(),
      );
      await sleep(1);
    });
    expect(outcome).toMatchObject({ kind: 'failed', error: { message: 'nobody looks' } });
  });

  it('a coroutine is never awaited', async () => {
    const work = coroutine(async function work() {});
    const { outcome } = await fifo(() => void work());
    expect(outcome).toMatchObject({ kind: 'failed', error: { message: "coroutine 'work' was never awaited" } });
  });

  it('a native promise is rejected and nobody handles that, without telling who listened before', async () => {
    const heard: unknown[] = [];
    const listener = (reason: unknown): void => void heard.push(reason);
    const before = process.listeners('unhandledRejection');
    process.on('unhandledRejection', listener);
    try {
      const { outcome } = await fifo(async ({ io }) => {
        const forgotten = async (): Promise<void> => {
          await io('read');
          throw new Error('forgotten');
        };
        void forgotten();
        await io('a');
        await io('b');
      });
      expect(outcome).toMatchObject({ kind: 'failed', error: { message: 'forgotten' } });
      expect(heard).toEqual([]);
      expect(process.listeners('unhandledRejection')).toEqual([...before, listener]);
    } finally {
      process.off('unhandledRejection', listener);
    }
  });

  it.each([
    ['a microtask', (fail: () => void) => queueMicrotask(fail)],
    ['a nextTick', (fail: () => void) => process.nextTick(fail)],
    ['an emitter', (fail: () => void) => process.nextTick(() => new EventEmitter().emit('error', caught(fail)))],
  ])('something is thrown in %s, without telling who listened before', async (_, inHost) => {
    const heard: unknown[] = [];
    const listener = (error: unknown): void => void heard.push(error);
    const before = process.listeners('uncaughtException');
    process.on('uncaughtException', listener);
    try {
      let finished = false;
      const { outcome } = await fifo(async ({ io }) => {
        inHost(() => {
          throw new Error('thrown');
        });
        await io('a');
        finished = true;
      });
      expect(outcome).toMatchObject({ kind: 'failed', error: { message: 'thrown' } });
      expect(finished).toBe(true);
      expect(heard).toEqual([]);
      expect(process.listeners('uncaughtException')).toEqual([...before, listener]);
    } finally {
      process.off('uncaughtException', listener);
    }
  });

  it('nobody catches something, and with that if it waits for ever or comes to a limit because of it', async () => {
    const crash = async ({ io }: ProgramContext): Promise<void> => {
      await io('read');
      throw new Error('the disk is full');
    };
    const failed = { kind: 'failed', error: { message: 'the disk is full' } };
    const waits: Program = (context) => new Promise<void>(() => void crash(context));
    expect((await fifo(waits)).outcome).toMatchObject(failed);
    const spins: Program = async (context) => {
      void crash(context);
      for (;;) await context.sleep(1);
    };
    expect((await execute(spins, new FifoScheduler(), { maxSteps: 100 })).outcome).toMatchObject(failed);
  });

  it('but not if a task is left to be cancelled that has not begun', async () => {
    const { outcome } = await fifo(() => void createTask(coroutine(async () => {})()));
    expect(outcome.kind).toBe('passed');
  });
});

function caught(fail: () => void): unknown {
  try {
    return fail();
  } catch (error) {
    return error;
  }
}

describe('A run that something enters between two steps', () => {
  let reading = false;
  const prepare = (loop: EventLoop): (() => void) => loop.holdWhile({ inFlight: () => reading });
  const readFile = async ({ io }: ProgramContext): Promise<void> => {
    await io('before');
    reading = true;
    await new Promise((resolve) => {
      readdir('.', resolve);
    });
    reading = false;
    await io('after');
  };

  it("ends with that, and what its code does afterwards is nobody's", async () => {
    const heard: unknown[] = [];
    const listener = (error: unknown): void => void heard.push(error);
    process.on('unhandledRejection', listener);
    try {
      const { outcome } = await execute(readFile, new FifoScheduler(), { prepare });
      expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'TIMELOOM_UNCONTROLLED' } });
      await new Promise((resolve) => {
        readdir('.', resolve);
      });
      expect(heard).toEqual([]);
    } finally {
      process.off('unhandledRejection', listener);
    }
  });

  it('goes on if it is to let that in', async () => {
    const { outcome } = await execute(readFile, new FifoScheduler(), { prepare, uncontrolled: 'allow' });
    expect(outcome.kind).toBe('passed');
  });
});

describe('A run', () => {
  it('is prepared with its loop, and that is undone whatever happens', async () => {
    const log: string[] = [];
    const prepare = (): (() => void) => {
      log.push('prepared');
      return () => log.push('undone');
    };
    await execute(() => void log.push('runs'), new FifoScheduler(), { prepare });
    await execute(
      () => {
        throw new Error('fails');
      },
      new FifoScheduler(),
      { prepare },
    );
    expect(log).toEqual(['prepared', 'runs', 'undone', 'prepared', 'undone']);
  });

  it('may load its program afresh, outside of the loop', async () => {
    let loads = 0;
    const source = {
      load: async (): Promise<Program> => {
        loads++;
        await new Promise<void>((resolve) => setImmediate(resolve));
        let state = 0;
        return () => {
          if (++state > 1) throw new Error('old state');
        };
      },
    };
    const once = await execute(source, new FifoScheduler());
    const again = await execute(source, new FifoScheduler());
    expect([once.outcome.kind, again.outcome.kind, loads]).toEqual(['passed', 'passed', 2]);
  });
});

describe('A search', () => {
  it('lets a whole chain of operations overtake one', async () => {
    const program: Program = async ({ io, assert }) => {
      let done = false;
      const chain = async (): Promise<void> => {
        for (let i = 1; i <= 6; i++) await io(`chain/${i}`);
        done = true;
      };
      const one = async (): Promise<void> => {
        await io('one');
        assert(!done, 'the chain was first');
      };
      await Promise.all([one(), chain()]);
    };
    const { failures, runs } = await explore(program, { runs: 200 });
    expect(failures[0]?.schedule.differences).toHaveLength(1);
    expect(runs).toBeLessThan(50);
  });

  it('lets a timer overtake an operation', async () => {
    const program: Program = async ({ io, sleep, assert }) => {
      let timedOut = false;
      const timeout = async (): Promise<void> => {
        await sleep(30);
        timedOut = true;
      };
      const request = async (): Promise<void> => {
        await io('request');
        assert(!timedOut, 'timed out');
      };
      await Promise.all([request(), timeout()]);
    };
    const { failures } = await explore(program, { runs: 100 });
    expect(failures[0]?.key).toContain('timed out');
  });
});

describe('A time limit of 5 s', () => {
  const limited =
    (io: IoOptions): Program =>
    async (context) => {
      const limit = new Promise<string>((resolve) => context.loop.callLater(5000, () => resolve('limit')));
      context.assert((await Promise.race([context.io('request', () => 'answer', io), limit])) === 'answer', 'too late');
    };

  it.each<[what: string, io: IoOptions, options: ExploreOptions, keys: string[]]>([
    ['is not found to come first by default', {}, {}, []],
    ['is found with a larger runAheadMs', {}, { runAheadMs: 10_000 }, ['failed: AssertionError: too late']],
    ['is found with latencies that are larger', { latencyMs: [10, 10_000] }, {}, ['failed: AssertionError: too late']],
  ])('%s', async (_, io, options, keys) => {
    const { failures } = await explore(limited(io), { ...options, runs: 100 });
    expect(failures.map(({ key }) => key)).toEqual(keys);
  });
});

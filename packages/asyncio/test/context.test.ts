import {
  Context,
  ContextVar,
  copyContext,
  coroutine,
  createTask,
  getRunningLoop,
  LookupError,
  Runner,
  RuntimeError,
  sleep,
  type Token,
  VirtualClock,
} from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { errorOf, runVirtual } from './helpers.ts';

describe('A context variable', () => {
  it('gives its value, a fallback, or its default', async () => {
    await runVirtual(async () => {
      const user = new ContextVar<string>('user');
      expect((await errorOf(() => user.get())).message).toMatch(/^<ContextVar name='user'> has no value here/);
      expect(await errorOf(() => user.get())).toBeInstanceOf(LookupError);
      expect(user.get('nobody')).toBe('nobody');
      expect(new ContextVar('user', { default: 'root' }).get()).toBe('root');
      expect(new ContextVar('user', { default: undefined }).get()).toBe(undefined);
      user.set('ann');
      expect(user.get('nobody')).toBe('ann');
    });
  });

  it('is handed on to a task, which keeps its own', async () => {
    await runVirtual(async () => {
      const user = new ContextVar<string>('user');
      user.set('ann');
      const log: string[] = [];
      const visit = coroutine(async (name: string) => {
        log.push(`${name} starts as ${user.get()}`);
        user.set(name);
        await sleep(10);
        log.push(`${name} goes on as ${user.get()}`);
      });
      const tasks = [createTask(visit('bob')), createTask(visit('cleo'))];
      user.set('dora');
      for (const task of tasks) await task;
      log.push(user.get());
      expect(log).toEqual([
        'bob starts as ann',
        'cleo starts as ann',
        'bob goes on as bob',
        'cleo goes on as cleo',
        'dora',
      ]);
    });
  });

  it('is shared with what a task awaits without a task of its own', async () => {
    await runVirtual(async () => {
      const depth = new ContextVar<number>('depth', { default: 0 });
      const deeper = coroutine(function* () {
        depth.set(depth.get() + 1);
        yield* sleep(1);
      });
      await deeper();
      await deeper();
      expect(depth.get()).toBe(2);
    });
  });

  it('is handed on to callbacks when they are scheduled, and what they set stays theirs', async () => {
    await runVirtual(async () => {
      const user = new ContextVar<string>('user');
      const loop = getRunningLoop();
      const future = loop.createFuture<void>();
      const seen: string[] = [];
      const look = (name: string) => () => {
        seen.push(`${name} ${user.get()}`);
        user.set(name);
        loop.callSoon(() => seen.push(`after ${user.get()}`));
      };
      user.set('first');
      loop.callSoon(look('soon'));
      loop.callLater(10, look('later'));
      loop.callAt(20, look('at'));
      future.addDoneCallback(look('done'));
      user.set('second');
      future.setResult();
      await sleep(30);
      expect(seen).toEqual([
        'soon first',
        'done first',
        'after soon',
        'after done',
        'later first',
        'after later',
        'at first',
        'after at',
      ]);
      expect(user.get()).toBe('second');
    });
  });

  it('is seen by the exception handler as the task or the callback that failed had it', async () => {
    const user = new ContextVar<string>('user', { default: 'nobody' });
    const seen: string[] = [];
    await runVirtual(async () => {
      const loop = getRunningLoop();
      loop.setExceptionHandler((_, { message }) => seen.push(`${message}: ${user.get()}`));
      const fail = (name: string) => () => {
        user.set(name);
        throw new Error('no');
      };
      loop.callSoon(fail('callback'), { label: 'fail()' });
      createTask(async () => fail('task')());
      await sleep(1);
    });
    expect(seen).toEqual(['Exception in callback fail(): callback', 'Task exception was never retrieved: task']);
  });

  it('can be reset once', async () => {
    await runVirtual(async () => {
      const user = new ContextVar<string>('user');
      const first = user.set('ann');
      const second = user.set('bob');
      expect([first.hadValue, second.oldValue]).toEqual([false, 'ann']);
      user.reset(second);
      expect(user.get()).toBe('ann');
      const again = await errorOf(() => user.reset(second));
      expect(again).toBeInstanceOf(RuntimeError);
      expect(again.message).toBe("<Token used var=<ContextVar name='user'>> has already been used once");
      expect(await errorOf(() => new ContextVar<string>('other').reset(first))).toBeInstanceOf(RangeError);
      user.reset(first);
      expect(user.get('nobody')).toBe('nobody');
    });
  });

  it('is reset only by the task or the callback that set it', async () => {
    await runVirtual(async () => {
      const user = new ContextVar<string>('user', { default: 'nobody' });
      const loop = getRunningLoop();
      const own = user.set('ann');
      let ofCallback = own;
      const errors: Error[] = [];
      const reset = async (token: Token<string>) => void errors.push(await errorOf(() => user.reset(token)));
      await createTask(() => reset(own));
      loop.callSoon(() => (ofCallback = user.set('bob')));
      loop.callSoon(() => void reset(ofCallback));
      await sleep(1);
      expect(errors.map(({ message }) => message)).toEqual(
        Array(2).fill("<Token var=<ContextVar name='user'>> was created in a different Context"),
      );
      expect([errors[0], ofCallback.used]).toEqual([expect.any(RangeError), false]);
      user.reset(own);
      expect(user.get()).toBe('nobody');
    });
  });

  it('is reset by an async callback behind its awaits, and then by no task', async () => {
    await runVirtual(async () => {
      const user = new ContextVar<string>('user', { default: 'nobody' });
      const seen: string[] = [];
      let left: Token<string> | null = null;
      getRunningLoop().callSoon(async () => {
        const token = user.set('ann');
        await sleep(1);
        seen.push(user.get());
        user.reset(token);
        seen.push(user.get());
        left = user.set('bob');
        await Promise.resolve();
        user.reset(user.set('eve'));
        seen.push(user.get());
      });
      await sleep(2);
      expect(seen).toEqual(['ann', 'nobody', 'bob']);
      expect(await errorOf(() => user.reset(left!))).toBeInstanceOf(RangeError);
    });
  });

  it('refuses a name that is no string, and a token that is none', async () => {
    expect((await errorOf(() => new ContextVar(42 as never))).message).toBe('name must be a string, got 42');
    expect((await errorOf(() => new ContextVar('x').reset({} as never))).message).toBe(
      'expected an instance of Token, got an object',
    );
  });

  it('keeps its value behind a native promise', async () => {
    await runVirtual(async () => {
      const user = new ContextVar<string>('user');
      const ask = (name: string) => async () => {
        user.set(name);
        await Promise.resolve();
        const before = user.get();
        await sleep(5);
        return [before, user.get()];
      };
      const [a, b] = [createTask(ask('a')), createTask(ask('b'))];
      expect([await a, await b]).toEqual([
        ['a', 'a'],
        ['b', 'b'],
      ]);
    });
  });
});

describe('A context', () => {
  it('runs code with its values, and keeps what that sets', async () => {
    await runVirtual(async () => {
      const user = new ContextVar<string>('user');
      user.set('ann');
      const context = copyContext();
      user.set('bob');
      const seen = context.run(() => {
        const before = user.get();
        user.set('cleo');
        createTask(async () => expect(user.get()).toBe('cleo'));
        return before;
      });
      expect([seen, user.get(), context.get(user), context.has(user), context.size]).toEqual([
        'ann',
        'bob',
        'cleo',
        true,
        1,
      ]);
      const copy = context.copy();
      copy.run(() => user.set('dora'));
      expect([context.get(user), copy.get(user)]).toEqual(['cleo', 'dora']);
      await sleep(0);
    });
  });

  it('serves a task and callbacks as their own, and not as a copy', async () => {
    await runVirtual(async () => {
      const count = new ContextVar<number>('count', { default: 0 });
      const context = new Context();
      const increment = () => void count.set(count.get() + 1);
      const loop = getRunningLoop();
      const first = createTask(
        async () => {
          increment();
          await sleep(10);
          return count.get();
        },
        { context },
      );
      loop.callSoon(increment, { context });
      loop.callLater(5, increment, { context });
      loop.callAt(6, increment, { context });
      const future = loop.createFuture<void>();
      future.addDoneCallback(increment, { context });
      future.setResult();
      expect(await first).toBe(5);
      expect([context.get(count), count.get()]).toEqual([5, 0]);
    });
  });

  it('cannot be entered twice at a time', async () => {
    const context = new Context();
    const error = await errorOf(() => context.run(() => context.run(() => {})));
    expect(error).toBeInstanceOf(RuntimeError);
    expect(error.message).toBe('cannot enter context: <Context of 0> is already entered');
    expect(context.run(() => 42)).toBe(42);
    await runVirtual(async () => {
      const inTask = createTask(async () => errorOf(() => context.run(() => {})), { context });
      expect(await inTask).toBeInstanceOf(RuntimeError);
      expect(context.run(() => 42)).toBe(42);
    });
  });

  it('is left when its code throws', async () => {
    const context = new Context();
    const user = new ContextVar<string>('user');
    const fail = () => {
      user.set('ann');
      throw new Error('no');
    };
    expect((await errorOf(() => context.run(fail))).message).toBe('no');
    expect([user.get('nobody'), context.get(user)]).toEqual(['nobody', 'ann']);
  });

  it('is one for all programs of a runner', async () => {
    const user = new ContextVar<string>('user', { default: 'nobody' });
    const runner = new Runner({ clock: new VirtualClock() });
    await runner.run(async () => void user.set('ann'));
    expect(await runner.run(async () => user.get())).toBe('ann');
    const context = new Context();
    expect(await runner.run(async () => user.get(), { context })).toBe('nobody');
    await runner.close();
    expect(user.get()).toBe('nobody');
  });

  it('is taken over from code outside of a loop', async () => {
    const user = new ContextVar<string>('user', { default: 'nobody' });
    const token = user.set('ann');
    const run = runVirtual(async () => {
      await sleep(10);
      const seen = user.get();
      user.set('bob');
      return seen;
    });
    expect(await run).toBe('ann');
    expect(user.get()).toBe('ann');
    user.reset(token);
    expect(user.get()).toBe('nobody');
  });

  it('must be a Context', async () => {
    await runVirtual(async () => {
      const context = {} as never;
      const loop = getRunningLoop();
      const message = 'context must be a Context, as copyContext() makes it, got an object';
      expect((await errorOf(() => loop.callSoon(() => {}, { context }))).message).toBe(message);
      expect((await errorOf(() => createTask(async () => {}, { context }))).message).toBe(message);
      expect((await errorOf(() => loop.createFuture().addDoneCallback(() => {}, { context }))).message).toBe(message);
    });
  });
});

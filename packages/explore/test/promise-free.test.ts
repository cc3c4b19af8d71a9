import { coroutine, gather, sleep, waitFor, type Suspend } from '@timeloom/asyncio';
import { describe, expect, it } from 'vitest';
import { explore, replay, type Program, type ProgramContext } from '../src/index.ts';

/** Two deposits, one of which is checked first; the balance may lose one. */
const bank: Program = coroutine(function* bank({ io, assert }: ProgramContext): Generator<Suspend, void, unknown> {
  let balance = 0;
  function* deposit(amount: number): Generator<Suspend, void, unknown> {
    if (amount > 50) yield* io('check');
    const seen = balance;
    yield* io(`write ${amount}`);
    yield* sleep(amount);
    balance = seen + amount;
  }
  yield* gather([() => deposit(10), () => deposit(100)]);
  assert(balance === 110, `balance is ${balance}`);
});

describe('A program without promises', () => {
  it('is searched in the same orders as with macrotasks between its steps', async () => {
    const options = { runs: 200, stopAtFirst: false, strategy: 'random' };
    const found = await explore(bank, { ...options, promiseFree: true });
    expect(found).toEqual(await explore(bank, options));
    expect(found.failures.length).toBeGreaterThan(0);
  });

  it('is replayed with and without macrotasks', async () => {
    const { failures } = await explore(bank, { promiseFree: true });
    const token = failures[0]!.token!;
    for (const promiseFree of [true, false]) {
      expect((await replay(bank, token, { promiseFree })).outcome.kind).toBe('failed');
    }
  });

  it('may await an operation that has completed', async () => {
    const orders = new Set<string>();
    const both: Program = coroutine(function* both({ io }: ProgramContext): Generator<Suspend, void, unknown> {
      const log: string[] = [];
      const [one, other] = [io('one', () => log.push('one')), io('other', () => log.push('other'))];
      yield* one;
      yield* other;
      orders.add(log.join());
    });
    const { passed } = await explore(both, { promiseFree: true, runs: 20, strategy: 'random' });
    expect([passed, [...orders].toSorted()]).toEqual([true, ['one,other', 'other,one']]);
  });

  it('fails with an operation that fails and that nobody waits for, as it does with promises', async () => {
    const forgets: Program = coroutine(function* forgets({ io }: ProgramContext): Generator<Suspend, void, unknown> {
      void io('write', () => {
        throw new RangeError('disk full');
      });
      yield* sleep(1);
    });
    for (const promiseFree of [true, false]) {
      const { failures } = await explore(forgets, { promiseFree, runs: 1 });
      expect(failures[0]?.key).toBe('failed: RangeError: disk full');
    }
  });

  it('races timeouts and latencies in the same orders', async () => {
    const late: Program = coroutine(function* late({ io }: ProgramContext): Generator<Suspend, void, unknown> {
      yield* waitFor(
        io('read', () => 1, { latencyMs: [1, 20] }),
        10,
      );
    });
    const options = { runs: 100, stopAtFirst: false, strategy: 'random' };
    const found = await explore(late, { ...options, promiseFree: true });
    expect(found).toEqual(await explore(late, options));
    expect(found.failures.map(({ key }) => key)).toEqual([expect.stringContaining('TimeoutError')]);
  });

  it('is told by a deadlock if it awaits a promise nevertheless', async () => {
    const breaks: Program = coroutine(function* breaks(): Generator<Suspend, void, unknown> {
      yield Promise.resolve();
    });
    const { failures } = await explore(breaks, { promiseFree: true, runs: 1 });
    expect(failures[0]?.outcome.kind).toBe('deadlocked');
  });

  it('must be a coroutine of a generator', async () => {
    const { failures } = await explore(async () => {}, { promiseFree: true, runs: 1 });
    expect(failures[0]?.key).toContain('with promiseFree, the program must be coroutine(function* …)');
  });
});

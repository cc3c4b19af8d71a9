import { gather, sleep } from '@timeloom/asyncio';
import { explore } from '@timeloom/explore';
import { ScheduleFollower, ScheduleRecorder, type Difference, type Schedule } from '@timeloom/trace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { execute, type ExecutionOptions, type Program } from '../src/execution.ts';
import { OrderFollower, runOrders, type RunOrders, type StepOrder } from '../src/step-orders.ts';

const options: ExecutionOptions = { reorder: 'free' };

/** Tasks with operations of the names given, a pause each, and a value; and timers meanwhile. */
function programOf(names: readonly (readonly string[])[]): Program {
  return async ({ io, choose }) => {
    const beats = async (): Promise<void> => {
      for (let i = 0; i < 4; i++) await sleep(10);
    };
    await gather([
      beats,
      ...names.map((labels) => async () => {
        await sleep(choose(3));
        for (const label of labels) await io(label);
      }),
    ]);
  };
}

async function schedulesOf(program: Program, schedule: Schedule): Promise<Schedule> {
  const recorder = new ScheduleRecorder(new ScheduleFollower(schedule));
  await execute(program, recorder, options);
  return recorder.schedule();
}

async function inOrder(program: Program, orders: RunOrders): Promise<Schedule> {
  const follower = new OrderFollower(orders);
  const recorder = new ScheduleRecorder(follower);
  await execute(program, recorder, { ...options, instruments: [follower] });
  return recorder.schedule();
}

const holds = fc
  .uniqueArray(fc.tuple(fc.nat(25), fc.nat(2), fc.integer({ min: 1, max: 12 })), {
    maxLength: 8,
    selector: ([at]) => at,
  })
  .map((all): Schedule => {
    const inPlace = all.toSorted(([a], [b]) => a - b);
    return {
      differences: inPlace.map(([at, option, length]): Difference => ({
        kind: 'hold',
        at,
        option,
        until: at + length,
      })),
    };
  });

const programs = fc
  .array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 })
  .map(programOf);

describe('Orders of steps', () => {
  it.each(['label', 'place', 'cause'] as const)(
    'make the run again that they are of, by the %s of its steps',
    async (naming) => {
      let differences = 0;
      await fc.assert(
        fc.asyncProperty(programs, holds, async (program, schedule) => {
          const taken = await schedulesOf(program, schedule);
          const orders = await runOrders(program, taken, naming, options);
          expect(await inOrder(program, orders)).toEqual(taken);
          expect(orders.orders).toHaveLength(taken.differences.filter(({ kind }) => kind === 'hold').length);
          differences += taken.differences.length;
        }),
      );
      expect(differences).toBeGreaterThan(50);
    },
  );

  it('are read with all steps that were made, those that came alone or not at all too', async () => {
    const program: Program = async ({ io }) => {
      await io('connect');
      void io('log');
      await Promise.race(['a', 'b'].map((label) => io(label)));
    };
    const held: Difference = { kind: 'hold', at: 0, option: 0, until: 1e6 };
    const { orders, steps } = await runOrders(program, { differences: [held] }, 'label', options);
    expect(orders).toMatchObject([{ held: { step: 'log 1', times: 0 } }]);
    const operations = ['connect', 'log', 'a', 'b'].map((label) => ({ step: `${label} 1`, times: 0 }));
    expect(steps).toEqual(expect.arrayContaining(operations));
  });

  it('are first in, first out if there are none', async () => {
    const program = programOf([['a', 'b'], ['c'], ['d', 'e']]);
    expect(await inOrder(program, { naming: 'label', orders: [], options: [] })).toEqual({ differences: [] });
  });

  it('hold a step as long as anything else is ready, if it is behind nothing', async () => {
    const log: string[] = [];
    const program: Program = async ({ io }) => {
      await Promise.all(['a', 'b', 'c'].map((label) => io(label, () => void log.push(label))));
    };
    const orders: StepOrder[] = [{ held: { step: 'a 1', times: 0 }, behind: null }];
    await inOrder(program, { naming: 'label', orders, options: [] });
    expect(log).toEqual(['b', 'c', 'a']);
  });

  it.each([
    ['taken for each other', 'label', ['b', 'a']],
    ['told apart', 'place', ['a', 'b']],
    ['told apart', 'cause', ['a', 'b']],
  ] as const)(
    'are %s by the %s of steps that have one label, where another order is left out',
    async (_, naming, read) => {
      const log: string[] = [];
      const program: Program = async ({ io }) => {
        const reader = async (name: string): Promise<void> => {
          await io(`open ${name}`);
          await io('read', () => void log.push(name));
        };
        await Promise.all(['a', 'b'].map(reader));
      };
      const opensFirst: Difference = { kind: 'hold', at: 0, option: 0, until: 1 };
      const readsLast: Difference = { kind: 'hold', at: 2, option: 0, until: 3 };
      const whole = await runOrders(program, { differences: [opensFirst, readsLast] }, naming, options);
      expect(whole.orders).toHaveLength(2);
      expect(log.splice(0), 'b opens first and reads last').toEqual(['a', 'b']);
      await inOrder(program, { ...whole, orders: whole.orders.slice(1) });
      expect(log).toEqual(read);
    },
  );

  it.each([
    [false, ['a', 'b', 'c']],
    [true, ['a', 'b', 'a']],
  ])('say whether labels are ambiguous: %s for %j', async (expected, labels) => {
    const program: Program = async ({ io }) => {
      for (const label of labels) await io(label);
    };
    expect((await runOrders(program, { differences: [] }, 'label', options)).ambiguous).toBe(expected);
  });

  it('take the options of latencies and values again, the greatest that there is if there are fewer', async () => {
    const values: number[] = [];
    const program: Program = ({ choose }) => void values.push(choose(3), choose(2), choose(4));
    await inOrder(program, { naming: 'label', orders: [], options: [2, 5] });
    expect(values).toEqual([2, 1, 0]);
  });
});

describe('A schedule that is shrunk by the orders of its steps', () => {
  type LabelOf = (tab: string, language: string) => string;

  /** Two tabs that get the older answer each, behind a setup and between polls that have nothing to do with it. */
  const tabs =
    (labelOf: LabelOf): Program =>
    async ({ io, assert }) => {
      for (let i = 0; i < 4; i++) await Promise.all([io(`setup ${i}.0`), io(`setup ${i}.1`), io(`setup ${i}.2`)]);
      const poll = async (): Promise<void> => {
        for (let n = 0; n < 4; n++) await io('poll');
      };
      const tab = async (name: string): Promise<string> => {
        let shown = '';
        const show = async (language: string, steps: number): Promise<void> => {
          for (let i = 0; i < steps; i++) await io(labelOf(name, language));
          shown = language;
        };
        await io(labelOf(name, 'opens'));
        await Promise.all([show('older', 1), show('newer', 3)]);
        return shown;
      };
      const [one, other] = await Promise.all([tab('one'), tab('other'), poll(), poll(), poll()]);
      assert(one === 'newer' || other === 'newer', 'both tabs show the older answer');
    };

  it.each<[string, LabelOf]>([
    ['labels of their own', (tab, language) => `${tab} ${language}`],
    ['the labels of the other tab', (_, language) => language],
    ['one label', () => 'read'],
  ])(
    'has the holds that the bug needs, and none of a setup that it does not, where tabs have %s',
    async (_, labelOf) => {
      for (let seed = 1; seed <= 2; seed++) {
        const [failure] = (await explore(tabs(labelOf), { seed })).failures;
        expect(failure?.schedule.differences, `seed ${seed}`).toHaveLength(2);
      }
    },
  );
});

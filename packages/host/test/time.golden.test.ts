import assert from 'node:assert';
import { stat as statOf } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { EventLoop, VirtualClock } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { installHost } from '../src/index.ts';
import { runVirtually } from './helpers.ts';

const year2000 = Date.UTC(2000, 0, 1);
const RealDate = Date;

describe('The clocks of the host', () => {
  it('agree with each other and with timers: the time that passes is the delay', async () => {
    const delay = fc.integer({ min: 1, max: 100_000 });
    await fc.assert(
      fc.asyncProperty(fc.array(delay, { maxLength: 20 }), async (delays) => {
        await runVirtually(async () => {
          for (const ms of delays) {
            const [date, monotonic, hrtime, bigint] = [
              Date.now(),
              performance.now(),
              process.hrtime(),
              process.hrtime.bigint(),
            ];
            await sleep(ms);
            expect(Date.now() - date).toBe(ms);
            expect(performance.now() - monotonic).toBe(ms);
            expect(process.hrtime(hrtime)).toEqual([Math.floor(ms / 1000), (ms % 1000) * 1e6]);
            expect(process.hrtime.bigint() - bigint).toBe(BigInt(ms) * 1_000_000n);
            expect(performance.timeOrigin + performance.now()).toBe(Date.now());
          }
        });
      }),
      { numRuns: 30 },
    );
  });

  it('go on in a step that reads them until time has passed, and make timers late', async () => {
    const order: string[] = [];
    await runVirtually(async () => {
      const start = Date.now();
      const late = sleep(20).then(() => order.push(`timer at ${Date.now() - start}`));
      while (Date.now() - start < 50);
      order.push(`blocked until ${Date.now() - start}`);
      await late;
      const before = performance.now();
      while (performance.now() - before < 60_000);
      expect(performance.now() - before).toBeLessThan(60_002);
    });
    expect(order).toEqual(['blocked until 50', 'timer at 50']);
  });

  it('stand still for callbacks of real I/O that read them often, but not for ever', async () => {
    const read = await runVirtually(async (now) => {
      await new Promise<void>((resolve) => {
        let left = 100;
        const next = (): void => {
          for (let i = 0; i < 1000; i++) Date.now();
          if (left-- > 0) statOf('.', next);
          else resolve();
        };
        next();
      });
      return now();
    });
    expect(read).toBeLessThan(100);
    const polled = await runVirtually(async (now) => {
      const start = Date.now();
      while (Date.now() - start < 60) await stat('.');
      return now();
    });
    expect(polled).toBeGreaterThanOrEqual(60);
  });

  it('wait until a PerformanceObserver is told of a mark and of a measure', async () => {
    const told: string[] = [];
    await runVirtually(async (now) => {
      const observer = new PerformanceObserver((list) => {
        for (const { name, duration } of list.getEntries()) told.push(`${name} ${duration} at ${now()}`);
      });
      observer.observe({ entryTypes: ['mark', 'measure'] });
      performance.mark('begin');
      await sleep(100);
      performance.measure('wait', 'begin');
      await sleep(100);
      observer.disconnect();
    });
    expect(told).toEqual(['begin 0 at 0', 'wait 100 at 100']);
  });

  it('stand still for steps that read them often', async () => {
    await runVirtually(async () => {
      const start = performance.now();
      for (let i = 0; i < 50_000; i++) {
        expect(performance.now()).toBe(start);
        if (i % 5000 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    });
  });

  it('agree in the callbacks of timers that are made anywhere, whatever the loop’s time', async () => {
    const delays = fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 30 });
    const start = fc.double({ min: 0, max: 1e6, noNaN: true });
    await fc.assert(
      fc.asyncProperty(delays, start, async (delays, startMs) => {
        const loop = { clock: new VirtualClock(startMs) };
        await runVirtually(
          async () => {
            let last = Date.now();
            const check = (ms: number, made: number): void => {
              expect(Date.now() - made).toBe(ms);
              expect(Date.now()).toBeGreaterThanOrEqual(last);
              last = Date.now();
            };
            for (const ms of delays) {
              const made = Date.now();
              setTimeout(() => {
                check(ms, made);
                const inner = Date.now();
                setTimeout(() => check(ms + 1, inner), ms + 1);
              }, ms);
            }
            await sleep(3000);
          },
          { loop },
        );
      }),
      { numRuns: 30 },
    );
  });

  it('do not stand at 0 when a program begins', async () => {
    const starts = await runVirtually(() => [performance.now(), Number(process.hrtime.bigint()), process.uptime()]);
    expect(starts).toEqual([1000, 1_000_000_000, 1]);
  });

  it('begin where they are told to', async () => {
    const now = new RealDate('2024-02-29T12:00:00Z');
    expect(await runVirtually(() => new Date().toISOString(), { host: { now } })).toBe('2024-02-29T12:00:00.000Z');
    expect(await runVirtually(() => Date.now(), { host: { now: 12.7 } })).toBe(12);
  });
});

describe('Date', () => {
  it('tells the loop’s time in every form', async () => {
    const forms = await runVirtually(() => [Date.now(), new Date().getTime(), +new Date(), RealDate.parse(Date())]);
    expect(forms).toEqual([year2000, year2000, year2000, year2000]);
  });

  it('takes values as ever', async () => {
    const dates = await runVirtually(() => [
      new Date(5).getTime(),
      new Date('2024-01-01T00:00:00Z').getTime(),
      new Date(2024, 1).getMonth(),
      new Date(new Date(7)).getTime(),
      new Date(undefined as never).getTime(),
      Date.UTC(2024, 0, 1),
    ]);
    expect(dates).toEqual([5, RealDate.UTC(2024, 0, 1), 1, 7, NaN, RealDate.UTC(2024, 0, 1)]);
  });

  it('makes dates of one kind with those made before', async () => {
    const before = new RealDate(5);
    await runVirtually(() => {
      const date = new Date(5);
      expect(before).toBeInstanceOf(Date);
      expect(date).toBeInstanceOf(RealDate);
      expect(date.constructor).toBe(Date);
      expect(Object.prototype.toString.call(date)).toBe('[object Date]');
      assert.deepStrictEqual(date, before);
      expect(structuredClone(date)).toEqual(before);
    });
    expect(before.constructor).toBe(RealDate);
  });

  it('can be subclassed', async () => {
    class Day extends Date {
      get isFirst(): boolean {
        return this.getUTCDate() === 1;
      }
    }
    await runVirtually(() => {
      class Late extends Date {
        readonly late = true;
      }
      const late = new Late();
      expect([late.late, late.getTime(), late instanceof Late, late instanceof Date]).toEqual([
        true,
        year2000,
        true,
        true,
      ]);
      // Its Date.now is the loop's; the constructor that it was made with is the host's.
      expect(new Day(year2000).isFirst).toBe(true);
    });
  });

  it('that was kept from before the takeover tells the loop’s time by now()', async () => {
    expect(await runVirtually(() => RealDate.now())).toBe(year2000);
  });
});

describe('Intl', () => {
  it('formats the loop’s present if it is given no date', async () => {
    const format = new Intl.DateTimeFormat('en', { timeZone: 'UTC', dateStyle: 'short' });
    const texts = await runVirtually(() => {
      const made = new Intl.DateTimeFormat('en', { timeZone: 'UTC', dateStyle: 'short' });
      const parts = made.formatToParts().map(({ value }) => value);
      return [format.format(), made.format(), parts.join(''), made.format(0), made instanceof Intl.DateTimeFormat];
    });
    expect(texts).toEqual(['1/1/00', '1/1/00', '1/1/00', '1/1/70', true]);
  });

  it('gives each formatter one format function, which may be kept', async () => {
    await runVirtually(() => {
      const formatter = new Intl.DateTimeFormat('en', { timeZone: 'UTC' });
      const { format } = formatter;
      expect(formatter.format).toBe(format);
      expect([new RealDate(0)].map(format)).toEqual(['1/1/1970']);
    });
  });
});

interface TemporalNow {
  instant(): { epochMilliseconds: number; epochNanoseconds: bigint };
  plainDateISO(zone: string): { toString(): string };
  zonedDateTimeISO(zone: string): { toString(): string };
  timeZoneId(): string;
}
const { Temporal } = globalThis as { Temporal?: { Now: TemporalNow } };

describe.runIf(Temporal !== undefined)('Temporal, on hosts that have it', () => {
  it('tells the loop’s time', async () => {
    const { Now } = Temporal!;
    const zone = Now.timeZoneId();
    const texts = await runVirtually(async () => {
      await sleep(1500);
      return [
        `${Now.plainDateISO('UTC')}`,
        `${Now.zonedDateTimeISO('UTC')}`,
        Now.instant().epochMilliseconds,
        Now.timeZoneId(),
      ];
    });
    expect(texts).toEqual(['2000-01-01', '2000-01-01T00:00:01.5+00:00[UTC]', year2000 + 1500, zone]);
    expect(Now.instant().epochMilliseconds).toBeGreaterThan(RealDate.UTC(2024));
  });
});

describe('process.hrtime', () => {
  it('refuses what is no time, as the host does', async () => {
    await runVirtually(() => {
      expect(() => process.hrtime('x' as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
      expect(() => process.hrtime([1] as never)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
    });
  });

  it('gives differences to later times too, with nanoseconds that are not negative', async () => {
    expect(await runVirtually(() => process.hrtime([1, 5]))).toEqual([-1, 999_999_995]);
  });

  it('is of the loop that is installed, one after the other', async () => {
    for (const startMs of [0, 500]) {
      const loop = new EventLoop({ clock: new VirtualClock(startMs) });
      using _host = installHost(loop);
      expect(process.hrtime()).toEqual([1, 0]);
    }
  });
});

describe('performance.mark and performance.measure', () => {
  it('are of the loop’s time', async () => {
    const entries = await runVirtually(async () => {
      performance.mark('a');
      await sleep(50);
      performance.mark('b', { detail: 'kept' });
      performance.mark('c', { startTime: 7 });
      await sleep(25);
      performance.measure('from a', 'a');
      performance.measure('a to b', 'a', 'b');
      performance.measure('from b', { start: 'b' });
      performance.measure('all');
      performance.measure('told', { start: 1, duration: 2 });
      const entries = performance.getEntries().map(({ name, startTime, duration }) => [name, startTime, duration]);
      expect((performance.getEntriesByName('b')[0] as { detail?: unknown } | undefined)?.detail).toBe('kept');
      performance.clearMarks();
      performance.clearMeasures();
      return Object.fromEntries(entries.map(([name, ...times]) => [name, times])) as Record<string, number[]>;
    });
    expect(entries).toMatchObject({
      a: [1000, 0],
      b: [1050, 0],
      c: [7, 0],
      'from a': [1000, 75],
      'a to b': [1000, 50],
      'from b': [1050, 25],
      all: [0, 1075],
      told: [1, 2],
    });
  });

  it('refuse what the host refuses', async () => {
    await runVirtually(() => {
      expect(() => performance.measure('x', 'no such mark')).toThrow(/no such mark/);
      expect(() => performance.mark('x', { startTime: -1 })).toThrow(/-1|startTime/);
    });
  });
});

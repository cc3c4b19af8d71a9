import { describe, expect, it } from 'vitest';
import {
  EventLoop,
  VirtualClock,
  type ChoicePoint,
  type EventLoopOptions,
  type HostWork,
  type Scheduler,
} from '../src/index.ts';

/** Runs the first option whose label is the next one of a list; FIFO where none is. */
class ByLabel implements Scheduler {
  readonly #labels: string[];
  readonly points: string[][] = [];

  constructor(labels: readonly string[]) {
    this.#labels = [...labels];
  }

  choose(point: ChoicePoint): number {
    const options = Array.from({ length: point.size }, (_, option) => point.labelOf(option));
    this.points.push(options);
    const option = options.indexOf(this.#labels[0] ?? '');
    if (option < 0) return 0;
    this.#labels.shift();
    return option;
  }
}

async function run(
  program: (loop: EventLoop, note: (what: string) => () => void) => void,
  labels: readonly string[] | null,
  options: EventLoopOptions = {},
): Promise<{ log: string[]; points: string[][] }> {
  const scheduler = labels === null ? null : new ByLabel(labels);
  const loop = new EventLoop({ ...options, clock: new VirtualClock(), scheduler: scheduler ?? undefined });
  const log: string[] = [];
  const note = (what: string) => () => void log.push(`${what}@${loop.time()}`);
  await loop.runUntilComplete(
    () =>
      new Promise<void>((resolve) => {
        program(loop, note);
        loop.callLater(5000, resolve, { label: 'end' });
      }),
  );
  loop.close();
  return { log, points: scheduler?.points ?? [] };
}

describe('An operation', () => {
  it('completes in the next turn without a scheduler', async () => {
    const { log } = await run((loop, note) => {
      loop.startOperation(note('read'), { label: 'read' });
      loop.callSoon(note('soon'), { label: 'soon' });
    }, null);
    expect(log).toEqual(['read@0', 'soon@0']);
  });

  it('is outrun by what the host is at work on, which takes no virtual time', async () => {
    let wakeLoop = (): void => {};
    let inFlight = true;
    const work: HostWork = {
      inFlight(wake) {
        wakeLoop = wake;
        return inFlight;
      },
    };
    const program = (loop: EventLoop, note: (what: string) => () => void): void => {
      const release = loop.holdWhile(work);
      loop.startOperation(note('request'), { label: 'request' });
      setImmediate(() => {
        inFlight = false;
        loop.startOperation(note('read'), { label: 'read' });
        wakeLoop();
      });
      loop.callLater(1, release, { label: 'release' });
    };
    const { log, points } = await run(program, ['read'], { uncontrolled: 'allow' });
    expect(points[0]).toEqual(['request', 'read', 'release']);
    expect(log).toEqual(['read@0', 'request@0']);
    inFlight = true;
    expect((await run(program, null, { uncontrolled: 'allow' })).log).toEqual(['request@0', 'read@0']);
  });

  it('completes in the same order under a scheduler that always takes the first option', async () => {
    const program = (loop: EventLoop, note: (what: string) => () => void): void => {
      loop.callSoon(() => loop.startOperation(note('third'), { label: 'third' }), { label: 'soon' });
      loop.startOperation(note('first'), { label: 'first' });
      loop.startOperation(() => loop.callSoon(note('fourth')), { label: 'second' });
      loop.callLater(0, note('due'), { label: 'due' });
      loop.callLater(1, note('later'), { label: 'later' });
    };
    expect((await run(program, [])).log).toEqual((await run(program, null)).log);
  });

  it('can be left pending while a chain of others completes', async () => {
    const { log } = await run(
      (loop, note) => {
        loop.startOperation(note('slow'), { label: 'slow' });
        const next = (left: number): void => {
          note(`quick ${left}`)();
          if (left > 0) loop.startOperation(() => next(left - 1), { label: `quick ${left - 1}` });
        };
        loop.startOperation(() => next(2), { label: 'quick 2' });
      },
      ['quick 2', 'quick 1', 'quick 0'],
    );
    expect(log).toEqual(['quick 2@0', 'quick 1@0', 'quick 0@0', 'slow@0']);
  });

  it('can be left pending while timers fire, and be completed between them', async () => {
    const program = (loop: EventLoop, note: (what: string) => () => void): void => {
      loop.startOperation(note('read'), { label: 'read' });
      loop.callLater(10, note('ten'), { label: 'ten' });
      loop.callLater(20, note('twenty'), { label: 'twenty' });
    };
    const { log, points } = await run(program, ['ten', 'ten']);
    expect(log).toEqual(['ten@10', 'read@10', 'twenty@20']);
    expect(points.slice(0, 3)).toEqual([
      ['read', 'ten'],
      ['read', 'ten'],
      ['read', 'twenty'],
    ]);
  });

  it('is overtaken by no timer further away than runAheadMs', async () => {
    const program = (loop: EventLoop, note: (what: string) => () => void): void => {
      loop.startOperation(note('read'), { label: 'read' });
      const tick = (): void => {
        note('tick')();
        if (loop.time() < 100) loop.callLater(10, tick, { label: 'tick' });
      };
      loop.callLater(10, tick, { label: 'tick' });
    };
    const always = Array.from({ length: 50 }, () => 'tick');
    const { log } = await run(program, always, { runAheadMs: 30 });
    expect(log.slice(0, 5)).toEqual(['tick@10', 'tick@20', 'tick@30', 'read@30', 'tick@40']);
  });

  it('keeps its order in its lane', async () => {
    const lane = { label: 'connection' };
    const { log, points } = await run(
      (loop, note) => {
        loop.startOperation(note('first'), { label: 'first', lane });
        loop.startOperation(note('second'), { label: 'second', lane });
        loop.startOperation(note('other'), { label: 'other' });
      },
      ['other', 'second'],
    );
    expect(log).toEqual(['other@0', 'first@0', 'second@0']);
    expect(points[0]).toEqual(['first', 'other']);
  });

  it('does not run once it is cancelled, and is no option', async () => {
    const { log, points } = await run(
      (loop, note) => {
        const handle = loop.startOperation(note('read'), { label: 'read' });
        loop.startOperation(note('one'), { label: 'one' });
        loop.startOperation(note('two'), { label: 'two' });
        handle.cancel();
      },
      ['two'],
    );
    expect(log).toEqual(['two@0', 'one@0']);
    expect(points[0]).toEqual(['one', 'two']);
  });

  it('ends with a deadlock, and not with a hang, if it was the last and nobody goes on', async () => {
    const loop = new EventLoop({ clock: new VirtualClock(), scheduler: new ByLabel([]) });
    const never = loop.runUntilComplete(() => new Promise(() => loop.startOperation(() => {}, { label: 'read' })));
    await expect(never).rejects.toMatchObject({ code: 'TIMELOOM_DEADLOCK' });
  });

  it.each([
    [-1, 'runAheadMs must be at least 0, got -1'],
    [Number.NaN, /runAheadMs/],
    ['1', /runAheadMs/],
  ])('refuses runAheadMs %s', (runAheadMs, message) => {
    expect(() => new EventLoop({ runAheadMs: runAheadMs as number })).toThrow(message);
  });

  it('refuses what is not a function', () => {
    expect(() => new EventLoop().startOperation(1 as never)).toThrow('startOperation()');
  });
});

describe('A phase', () => {
  it('lets nothing between those of its handles that are ready in one turn', async () => {
    const timers = { label: 'timers', isPhase: true };
    const { log, points } = await run(
      (loop, note) => {
        loop.startOperation(note('read'), { label: 'read' });
        for (const name of ['a', 'b', 'c']) {
          loop.callAt(
            10,
            () => {
              note(name)();
              loop.callSoon(note(`${name} immediate`), { label: `${name} immediate` });
            },
            { label: name, lane: timers },
          );
        }
      },
      ['a', 'a', 'c immediate'],
    );
    expect(log).toEqual(['a@10', 'b@10', 'c@10', 'c immediate@10', 'read@10', 'a immediate@10', 'b immediate@10']);
    expect(points.slice(0, 3)).toEqual([
      ['read', 'a'],
      ['read', 'a'],
      ['read', 'a immediate', 'b immediate', 'c immediate'],
    ]);
  });
});

describe('A lane that outruns operations', () => {
  const immediates = { label: 'immediates', isPhase: true, outrunsOperations: true };

  /** An operation begins beside immediates that make others; an older one is pending. */
  const program =
    (turns: number) =>
    (loop: EventLoop, note: (what: string) => () => void): void => {
      const next = (left: number): void => {
        note(`immediate ${left}`)();
        if (left > 0) loop.callSoon(() => next(left - 1), { label: `immediate ${left - 1}`, lane: immediates });
      };
      loop.startOperation(note('old'), { label: 'old' });
      const begin = (): void => {
        loop.callSoon(() => next(turns), { label: `immediate ${turns}`, lane: immediates });
        loop.startOperation(note('young'), { label: 'young' });
      };
      loop.startOperation(begin, { label: 'begin' });
    };

  it('is through before an operation that begins meanwhile can complete', async () => {
    const immediateSteps = ['immediate 2', 'immediate 1', 'immediate 0'];
    const { log, points } = await run(program(2), ['begin', ...immediateSteps, 'young']);
    expect(log).toEqual([...immediateSteps, 'young', 'old'].map((step) => `${step}@0`));
    expect(points.slice(1, 4)).toEqual(immediateSteps.map((step) => ['old', step]));
  });

  it('lets an operation that began earlier complete between its handles', async () => {
    const { log } = await run(program(2), ['begin', 'immediate 2', 'old']);
    expect(log).toEqual(['immediate 2@0', 'old@0', 'immediate 1@0', 'immediate 0@0', 'young@0']);
  });

  it('does not starve an operation for which its handles poll', async () => {
    const { log } = await run((loop, note) => {
      let answered = false;
      const poll = (): void => {
        if (!answered) loop.callSoon(poll, { label: 'poll', lane: immediates });
      };
      poll();
      const answer = (): void => {
        answered = true;
        note('answer')();
      };
      loop.startOperation(answer, { label: 'answer' });
    }, []);
    expect(log).toEqual(['answer@0']);
  });
});

describe('A choice', () => {
  it('says whether its options are those of the last one, but for what was chosen', async () => {
    const changes: boolean[] = [];
    const scheduler: Scheduler = {
      choose: (point) => {
        changes.push(point.changed);
        return point.size - 1;
      },
    };
    const loop = new EventLoop({ clock: new VirtualClock(), scheduler });
    await loop.runUntilComplete(() => {
      for (let i = 0; i < 4; i++) loop.callSoon(() => {}, { label: `${i}` });
      return new Promise<void>((resolve) => loop.callLater(1, resolve));
    });
    expect(changes).toEqual([true, false, false]);
  });
});

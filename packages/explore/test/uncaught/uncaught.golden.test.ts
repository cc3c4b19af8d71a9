import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installHost } from '@timeloom/host';
import { FifoScheduler } from '@timeloom/loop';
import { describe, expect, it } from 'vitest';
import { execute } from '../../src/execution.ts';
import { explore, type ExecutionOptions, type Program, type ProgramSource } from '../../src/index.ts';
import { programs } from './programs.mjs';

interface Result {
  readonly lines: string[];
  readonly passed: boolean;
}

const runner = fileURLToPath(new URL('run-on-host.mjs', import.meta.url));

/** A process that a listener of exceptions has ended says nothing. */
function runOnHost(name: string): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, [runner, name], (_, stdout) => {
      resolve(stdout === '' ? { lines: [], passed: false } : (JSON.parse(stdout) as Result));
    });
  });
}

const onHost: ExecutionOptions = {
  uncontrolled: 'allow',
  prepare: (loop) => installHost(loop, { keepAlive: true }),
};

async function runHere(program: Program | ProgramSource): Promise<boolean> {
  const { outcome } = await execute(program, new FifoScheduler(), onHost);
  return outcome.kind === 'passed';
}

const listeners = (): unknown[][] => [process.listeners('unhandledRejection'), process.listeners('uncaughtException')];

describe('In a run, as in a process of its own, a program that', { tags: ['host'] }, () => {
  it.each(Object.entries(programs))('%s', async (name, program) => {
    const before = listeners();
    const emit = Object.getOwnPropertyDescriptor(process, 'emit');
    const lines: string[] = [];
    const passed = await runHere(() => program((line) => lines.push(line)));
    const real = await runOnHost(name);
    // Where a process would end, the run goes on.
    expect({ lines: passed ? lines : lines.slice(0, real.lines.length), passed }).toEqual(real);
    expect(listeners()).toEqual(before);
    expect(Object.getOwnPropertyDescriptor(process, 'emit')).toEqual(emit);
  });
});

describe('Listeners', { tags: ['host'] }, () => {
  const rejectLater: Program = async ({ io }) => {
    await io('a');
    void Promise.reject(new Error('rejected'));
    await io('b');
  };

  it('that a run has left behind hear nothing of the next one', async () => {
    let heard = 0;
    const program: Program = async (context) => {
      process.on('unhandledRejection', () => heard++);
      await rejectLater(context);
    };
    const { passed, runs } = await explore(program, { ...onHost, runs: 20 });
    expect({ passed, heard }).toEqual({ passed: true, heard: runs + 1 });
  });

  it('that modules have made when they were loaded hear of all runs, also of a later search', async () => {
    let heard = 0;
    const listener = (): void => void heard++;
    let loaded = false;
    const source: ProgramSource = {
      load() {
        if (!loaded) process.on('unhandledRejection', listener);
        loaded = true;
        return rejectLater;
      },
    };
    try {
      expect([await runHere(source), await runHere(source)]).toEqual([true, true]);
      expect(heard).toBe(2);
      expect(process.listeners('unhandledRejection').at(-1)).toBe(listener);
    } finally {
      process.off('unhandledRejection', listener);
    }
  });

  it('that were made too late in some orders do not keep the others from failing', async () => {
    const program: Program = async (context) => {
      const { io } = context;
      const listens = io('listen').then(() => process.on('unhandledRejection', () => {}));
      const rejects = io('reject').then(() => void Promise.reject(new Error('too early')));
      await Promise.all([listens, rejects]);
    };
    const { failures } = await explore(program, { ...onHost, runs: 100 });
    expect(failures.map(({ key, schedule }) => [key, schedule.differences.length])).toEqual([
      ['failed: Error: too early', 1],
    ]);
  });

  it('of somebody else who replaced process.emit meanwhile go on to work', async () => {
    const before = listeners();
    const own = Object.getOwnPropertyDescriptor(process, 'emit');
    let replaced: typeof process.emit | undefined;
    await runHere(() => {
      const { emit } = process;
      replaced = function (this: unknown, ...args: unknown[]) {
        return Reflect.apply(emit, this, args) as boolean;
      } as typeof process.emit;
      process.emit = replaced;
    });
    try {
      expect(process.emit).toBe(replaced);
      let heard = 0;
      process.once('rejectionHandled', () => heard++);
      process.emit('rejectionHandled', Promise.resolve());
      expect([heard, listeners()]).toEqual([1, before]);
    } finally {
      Reflect.deleteProperty(process, 'emit');
      if (own !== undefined) Object.defineProperty(process, 'emit', own);
    }
  });
});

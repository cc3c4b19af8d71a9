import {
  explore,
  formatExploration,
  type Exploration,
  type ExploreOptions,
  type Program,
  type ProgramContext,
} from '@timeloom/explore';
import { installHost, type HostRestore } from '@timeloom/host';
import { TimeloomError } from '@timeloom/loop';
import type { TestContext } from 'vitest';
import { LeakError, leaksOf } from './leaks.ts';
import { explorationMeta, tellOf } from './meta.ts';
import { optionNames, type SearchOptions, type TimeloomOptions } from './options.ts';
import { pointedAt, type Place } from './place.ts';
import { regressions } from './regressions/index.ts';
import { takeTurn } from './tries.ts';
import type { Handler } from './vitest-internals.ts';

/** The names of {@link SearchOptions}. */
export const searchNames: readonly (keyof SearchOptions)[] = [
  'runs',
  'strategy',
  'depth',
  'reorder',
  'latenessMs',
  'runAheadMs',
  'stopAtFirst',
  'timeoutMs',
];

/** The names of the options of `test.explore`. */
export const searchTestNames: readonly string[] = [...optionNames.filter((name) => name !== 'explore'), ...searchNames];

/** A search found an order in which the test fails. */
export class SearchError extends TimeloomError {
  /** The whole result of the search, as data. */
  readonly exploration: Exploration;

  constructor(exploration: Exploration, report: string) {
    const [failure] = exploration.failures;
    const cause = failure !== undefined && 'error' in failure.outcome ? failure.outcome.error : undefined;
    super('TIMELOOM_SEARCH', report, { cause });
    this.exploration = exploration;
  }
}

/** The function of a `test.explore`: searches, with `handler` as the program. */
export function searchWith(handler: Handler, options: TimeloomOptions, place: Place): Handler {
  return async (context: TestContext) => {
    const free = await takeTurn();
    try {
      await search(handler, options, place, context);
    } catch (error) {
      throw pointedAt(error, place);
    } finally {
      free();
    }
  };
}

async function search(handler: Handler, options: TimeloomOptions, place: Place, context: TestContext): Promise<void> {
  const { task, signal } = context;
  const run = new SearchedProgram(handler, options, context);
  const exploration = await explore(run.program, { ...exploreOptions(options), prepare: run.prepare, signal });
  const report = formatExploration(exploration);
  tellOf(task, { exploration: explorationMeta(exploration, report) });
  if (exploration.passed) return;
  for (const { token } of exploration.failures) if (token !== null) await regressions.keep(task, token, exploration);
  throw pointedAt(new SearchError(exploration, report), place);
}

function exploreOptions({
  explore: searching = {},
  seed,
  maxSteps,
  maxStepsPerInstant,
}: TimeloomOptions): ExploreOptions {
  const { timeoutMs, ...plan } = searching;
  return { ...plan, seed, maxSteps, maxStepsPerInstant, maxTimeMs: timeoutMs };
}

/** The test as a program of the search: each of its runs has the host to itself. */
class SearchedProgram {
  readonly #handler: Handler;
  readonly #options: TimeloomOptions;
  readonly #context: TestContext;
  #host: HostRestore | null = null;

  constructor(handler: Handler, options: TimeloomOptions, context: TestContext) {
    this.#handler = handler;
    this.#options = options;
    this.#context = context;
  }

  readonly prepare: NonNullable<ExploreOptions['prepare']> = (loop) => {
    const host = installHost(loop, { keepAlive: true, now: this.#options.now });
    this.#host = host;
    return () => host();
  };

  readonly program: Program = async (program) => {
    const handler = this.#handler as unknown as (context: ProgramContext & TestContext) => unknown;
    await handler(Object.assign(Object.create(this.#context) as TestContext, program));
    const { loop } = program;
    const running = loop.currentAwaiter();
    const tasks = loop.tasks.all().filter((task) => task !== running);
    const leaks = leaksOf(this.#host?.leaks() ?? [], tasks, this.#options.leaks ?? 'error');
    if (leaks.length > 0) throw new LeakError(leaks);
  };
}

import type { Exploration, ExploreOptions, Program, ProgramContext } from '@timeloom/explore';
import { installHost, type HostRestore } from '@timeloom/host';
import { TimeloomError } from '@timeloom/loop';
import type { TestContext } from 'vitest';
import { LeakError, leaksOf } from './leaks.ts';
import { loadedFirst } from './loading.ts';
import { explorationMeta, tellOf } from './meta.ts';
import { optionNames, type SearchOptions, type TimeloomOptions } from './options.ts';
import { trimCause, pointedAt, type Place } from './place.ts';
import { progressOf } from './progress.ts';
import { dropObsolete, keepToken, keptSchedules, type KeptSchedule } from './regressions/index.ts';
import { swapErrors } from './swap-frames.ts';
import { takeTurn } from './turns.ts';
import type { Handler } from './vitest-internals.ts';
import { vitestWork } from './vitest-work.ts';

/** The names of {@link SearchOptions}. */
export const searchNames: readonly (keyof SearchOptions)[] = [
  'runs',
  'strategy',
  'depth',
  'reorder',
  'latenessMs',
  'runAheadMs',
  'stopAtFirst',
  'uncontrolled',
  'nondeterminism',
  'timeoutMs',
];

/** The names of the options of `test.explore`. */
export const searchTestNames: readonly string[] = [...optionNames.filter((name) => name !== 'explore'), ...searchNames];

type Explorer = typeof import('@timeloom/explore');

/** Strategies and reports are loaded for tests that need them only. */
const explorers = loadedFirst(() => import('@timeloom/explore'));

/** A search found an order in which the test fails. */
export class SearchError extends TimeloomError {
  /** The whole result of the search, as data. */
  readonly exploration: Exploration;

  constructor(exploration: Exploration, report: string) {
    const [failure] = exploration.failures;
    const cause = failure !== undefined && 'error' in failure.outcome ? failure.outcome.error : undefined;
    trimCause(cause);
    super('TIMELOOM_SEARCH', report, { cause });
    this.exploration = exploration;
  }
}

/** The function of a `test.explore`: searches, with `handler` as the program. */
export function searchWith(handler: Handler, options: TimeloomOptions, place: Place): Handler {
  explorers.ask();
  return async (context: TestContext) => {
    const explorer = await explorers.get();
    const free = await takeTurn();
    try {
      await search(explorer, new SearchedProgram(handler, options, context), context, place);
    } catch (error) {
      throw pointedAt(error, place);
    } finally {
      free();
    }
  };
}

async function search(
  explorer: Explorer,
  searched: SearchedProgram,
  context: TestContext,
  place: Place,
): Promise<void> {
  const { task, signal } = context;
  const { program, prepare } = searched;
  const options = { ...exploreOptions(searched.options), prepare, signal };
  for (const kept of await keptSchedules(task)) {
    if (await stillFails(explorer, program, kept.token, options)) {
      const again = await explorer.explore(program, {
        ...options,
        strategy: explorer.replayStrategy(kept.schedule),
        runs: 1,
      });
      if (!again.passed) throw await failed(explorer, again, { context, place, kept });
    }
    await dropObsolete(task, kept.token);
  }
  const exploration = await explorer.explore(program, { ...options, onRun: progressOf(task) });
  const report = explorer.formatExploration(exploration);
  tellOf(task, { exploration: explorationMeta(exploration, report) });
  if (exploration.passed) {
    if (exploration.nondeterminism !== null) await warn(report, context);
    return;
  }
  for (const { token } of exploration.failures) if (token !== null) await keepToken(task, token);
  throw await failed(explorer, exploration, { context, place, kept: null });
}

/** Tells of a test that passes what nobody looks for there: its reporter may not show annotations. */
async function warn(report: string, { annotate }: TestContext): Promise<void> {
  await annotate('Not deterministic', 'warning', { contentType: 'text/plain', body: report });
  // oxlint-disable-next-line no-console -- vitest shows it with the name of the test
  console.warn(report);
}

/** False if the test passes in that order, or is another one than when the token was made. */
async function stillFails(
  { replay, ReplayDivergedError }: Explorer,
  program: Program,
  token: string,
  options: ExploreOptions,
): Promise<boolean> {
  const { reorder, latenessMs, runAheadMs, uncontrolled, prepare, maxSteps, maxStepsPerInstant } = options;
  const order = { reorder, latenessMs, runAheadMs, uncontrolled };
  try {
    const { outcome } = await replay(program, token, { ...order, prepare, maxSteps, maxStepsPerInstant });
    return outcome.kind !== 'passed';
  } catch (error) {
    if (error instanceof ReplayDivergedError) return false;
    throw error;
  }
}

interface FailedSearch {
  readonly context: TestContext;
  readonly place: Place;
  /** The schedule that was tried first and failed; null if the search found the failure. */
  readonly kept: KeptSchedule | null;
}

async function failed(
  { formatExploration }: Explorer,
  exploration: Exploration,
  { context, place, kept }: FailedSearch,
): Promise<unknown> {
  const text = formatExploration(exploration);
  const report = kept === null ? text : `Fails as before, with the schedule of ${kept.place}\n${text}`;
  tellOf(context.task, { exploration: explorationMeta(exploration, report) });
  const fails = exploration.failures.length > 0;
  const what = fails ? 'The order in which it fails' : 'How it is not deterministic';
  await context.annotate(what, { contentType: 'text/plain', body: report });
  const error = pointedAt(new SearchError(exploration, report), place);
  // vitest shows each of several errors with a frame of code.
  const found = fails ? 'an order in which the test fails' : 'that the test is not deterministic';
  return new AggregateError([error, ...swapErrors(exploration)], `A search found ${found}`);
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
  readonly options: TimeloomOptions;
  readonly #context: TestContext;
  #host: HostRestore | null = null;

  constructor(handler: Handler, options: TimeloomOptions, context: TestContext) {
    this.#handler = handler;
    this.options = options;
    this.#context = context;
  }

  readonly prepare: NonNullable<ExploreOptions['prepare']> = (loop) => {
    const host = installHost(loop, { keepAlive: true, now: this.options.now, processListeners: 'restore' });
    this.#host = host;
    loop.holdWhile(vitestWork);
    return () => host();
  };

  readonly program: Program = async (program) => {
    const handler = this.#handler as unknown as (context: ProgramContext & TestContext) => unknown;
    await handler(Object.assign(Object.create(this.#context) as TestContext, program));
    const { loop } = program;
    const running = loop.currentAwaiter();
    const tasks = loop.tasks.all().filter((task) => task !== running);
    const leaks = leaksOf(this.#host, tasks, this.options.leaks ?? 'error');
    if (leaks.length > 0) throw new LeakError(leaks);
  };
}

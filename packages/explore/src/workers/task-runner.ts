import { TapeFollower } from '@timeloom/trace';
import type { Ended } from '../budget.ts';
import { execute, type ProgramSource } from '../execution.ts';
import { Failures } from '../failures.ts';
import { failureKey } from '../outcome.ts';
import { failureToPlain, outcomeFromPlain, outcomeToPlain, type PlainFailure } from '../plain.ts';
import { strategyOf, type Plan } from '../plan.ts';
import { loadProgram } from '../program-module.ts';
import { Search, type SearchRun } from '../search.ts';
import type { Strategy } from '../strategy.ts';
import { ExhaustiveStrategy } from '../strategies/exhaustive.ts';
import { cell, type FailingRun, type RunsResult, type StartedRun, type WorkerTask } from './protocol.ts';
import { StartedRuns } from './started-runs.ts';

type TaskOf<K extends WorkerTask['kind']> = Extract<WorkerTask, { kind: K }>;

/** Does a worker's part of one search, task by task. */
export class TaskRunner {
  #served: Promise<Served> | undefined;
  /** Of the task at work. */
  #progress: Int32Array | undefined;

  /** @throws what the import of the program throws. */
  async run(task: WorkerTask): Promise<unknown> {
    this.#progress = task.progress;
    this.#served ??= this.#serve(task);
    const { program, search } = await this.#served;
    if (task.kind === 'runs') return await makeRuns(search, task);
    if (task.kind === 'started') return await makeStarted(search, task);
    if (task.kind === 'repeat') return await search.repeatFirst();
    return task.kind === 'examine' ? await examine(program, task) : await describe(program, search, task);
  }

  async #serve({ search: { program, plan } }: WorkerTask): Promise<Served> {
    const loaded = await loadProgram(program);
    // Whoever waits for this worker is to see that it gets on, whatever the run is made for.
    const load: ProgramSource['load'] = () => {
      Atomics.add(this.#progress!, cell.begun, 1);
      return typeof loaded === 'function' ? loaded : loaded.load();
    };
    const prepare = typeof loaded === 'function' ? undefined : loaded.prepare?.bind(loaded);
    const source = prepare === undefined ? { load } : { load, prepare };
    const repeats = plan.nondeterminism !== 'ignore';
    return { program: source, search: new Search(source, runsOf(plan), plan.execution, repeats) };
  }
}

interface Served {
  readonly program: ProgramSource;
  readonly search: Search;
}

/** What makes the runs of a plan here; those of a tree are begun as the task says. */
function runsOf(plan: Plan): Strategy {
  const strategy = strategyOf(plan);
  return strategy instanceof ExhaustiveStrategy ? new StartedRuns(strategy) : strategy;
}

async function makeStarted(search: Search, { starts, mayRun, progress }: TaskOf<'started'>): Promise<StartedRun[]> {
  const strategy = search.strategy as StartedRuns;
  strategy.give(starts);
  const made: StartedRun[] = [];
  const begin = (): Ended | null => {
    if (Atomics.load(mayRun, 0) === 0) return 'aborted';
    Atomics.store(progress, cell.run, made.length);
    return null;
  };
  const runEnded = ({ outcome, tape }: SearchRun): null => {
    const key = failureKey(outcome);
    const failing = key === null ? null : { key, outcome: outcomeToPlain(outcome), tape };
    made.push({ branch: strategy.branch, failing });
    return null;
  };
  const share = { first: search.next, stride: 1, count: starts.length };
  await search.makeRuns(share, { mayRun: begin, runEnded });
  return made;
}

async function makeRuns(
  search: Search,
  { share, end, progress, search: { plan } }: TaskOf<'runs'>,
): Promise<RunsResult> {
  const failing = new Map<string, FailingRun>();
  let runs = 0;
  let uncovered = 0;
  const mayRun = (number: number): Ended | null => {
    if (number >= Atomics.load(end, 0)) return 'aborted';
    Atomics.store(progress, cell.run, number);
    return null;
  };
  const runEnded = ({ number, outcome, tape, covered }: SearchRun): Ended | null => {
    runs++;
    if (!covered) uncovered++;
    const key = failureKey(outcome);
    if (key === null) return null;
    const first = failing.get(key) ?? { key, count: 0, number, outcome: outcomeToPlain(outcome), tape };
    failing.set(key, { ...first, count: first.count + 1 });
    return plan.stopAtFirst ? 'failure' : null;
  };
  const ended = await search.makeRuns(share, { mayRun, runEnded });
  return { runs, uncovered, exhausted: ended === 'exhausted', failing: [...failing.values()] };
}

async function examine(
  program: ProgramSource,
  { failing, search, progress }: TaskOf<'examine'>,
): Promise<PlainFailure> {
  const { key, number, tape, count } = failing;
  Atomics.store(progress, cell.run, number);
  const { execution } = search.plan;
  const failures = new Failures(program, execution, search.shrinking);
  // Once more for the error itself: what came here from another thread is a copy without its class.
  const { outcome } = await execute(program, new TapeFollower(tape), execution);
  await failures.learn(failureKey(outcome) === key ? outcome : outcomeFromPlain(failing.outcome), tape, number + 1);
  return { ...failureToPlain(failures.all()[0]!), count };
}

async function describe(
  program: ProgramSource,
  search: Search,
  { sentences, search: { plan } }: TaskOf<'describe'>,
): Promise<readonly string[]> {
  const { learned } = sentences[0]!;
  const { learningRuns = 0 } = search.strategy;
  const known = learned >= learningRuns && search.hasLearned && search.next <= learned;
  const learner = known ? search : new Search(program, strategyOf(plan), plan.execution, false);
  const share = { first: 0, stride: 1, count: known ? 0 : Math.min(learned, learningRuns) };
  await learner.makeRuns(share, { mayRun: () => null, runEnded: () => null });
  const described: string[] = [];
  for (const { runs, uncovered, learned: number } of sentences) {
    await learner.goTo(number);
    described.push(learner.strategy.describeCoverage(runs, uncovered));
  }
  return described;
}

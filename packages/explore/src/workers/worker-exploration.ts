import type { Budget, Ended } from '../budget.ts';
import { conclude } from '../conclusion.ts';
import type { Exploration } from '../exploration.ts';
import type { Plan } from '../plan.ts';
import { blocksOf, numberIn, type Share } from '../shard.ts';
import { examine, grouped, repeatFirst } from './closing-tasks.ts';
import type { RunsResult, Workers } from './protocol.ts';
import { watchBudget } from './watch-budget.ts';
import { WorkerError } from './worker-error.ts';

/** Most runs that a worker makes before it is asked for more. */
const largestBlock = 256;

const never = 2 ** 31 - 1;

/** A block of runs that a worker was given. */
interface Block {
  readonly share: Share;
  /** Null while it is being worked on, or if it was given up. */
  result: RunsResult | WorkerError | null;
}

/** A block that was worked off. */
interface MadeBlock {
  readonly share: Share;
  readonly result: RunsResult;
}

/**
 * A search spread over workers. Runs are numbered, and a run is the same whoever makes it. Where a
 * failure ends the search, all runs before it are made, and what was made behind it does not count.
 * So the result is that of the search in one piece, whatever the number of workers and their speed.
 */
export class WorkerExploration {
  readonly #plan: Plan;
  readonly #workers: Workers;
  readonly #budget: Budget;
  readonly #onRun: (runs: number) => void;
  readonly #shares: Generator<Share, void, void>;
  readonly #blocks: Block[] = [];
  /** No run with this number or a greater one is to be begun. Shared with the workers. */
  readonly #end = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #runs = 0;
  #abandoned = false;

  constructor(plan: Plan, workers: Workers, budget: Budget, onRun: (runs: number) => void = () => {}) {
    this.#plan = plan;
    this.#workers = workers;
    this.#budget = budget;
    this.#onRun = onRun;
    const size = Math.min(largestBlock, Math.ceil(plan.share.count / (4 * workers.size)));
    this.#shares = blocksOf(plan.share, Math.max(1, size));
    Atomics.store(this.#end, 0, never);
  }

  /** @throws WorkerError if a worker cannot go on, and no failure that came before ended the search. */
  async explore(): Promise<Exploration> {
    const abandon = (): void => {
      this.#abandoned = true;
      this.#workers.abandon();
    };
    const stopWatching = watchBudget(this.#budget, () => this.#endBefore(0), abandon);
    try {
      await Promise.all(Array.from({ length: this.#workers.size }, () => this.#work()));
    } finally {
      stopWatching();
    }
    const { made, error } = this.#beforeTheEnd();
    if (error === null) return await this.#conclude(made);
    const exploration = await this.#conclude(made).catch(() => null);
    throw new WorkerError(error.reason, error.run, exploration, error.cause);
  }

  /** Gives one block after the other to a worker. */
  async #work(): Promise<void> {
    for (let block; (block = this.#nextBlock()) !== null;) {
      try {
        block.result = await this.#workers.run<'runs'>({ kind: 'runs', share: block.share, end: this.#end });
        this.#blockMade(block.share, block.result);
      } catch (error) {
        if (!(error instanceof WorkerError)) throw error;
        if (this.#abandoned) return;
        block.result = error;
        this.#endBefore(numberOf(error));
      }
    }
  }

  #nextBlock(): Block | null {
    const share = this.#budget.spent() === null ? this.#shares.next().value : undefined;
    if (share === undefined || share.first >= Atomics.load(this.#end, 0)) return null;
    const block: Block = { share, result: null };
    this.#blocks.push(block);
    return block;
  }

  #blockMade(share: Share, { runs, exhausted, failing }: RunsResult): void {
    this.#runs += runs;
    this.#onRun(this.#runs);
    if (exhausted) this.#endBefore(numberIn(share, runs));
    if (this.#plan.stopAtFirst) for (const { number } of failing) this.#endBefore(number + 1);
  }

  #endBefore(number: number): void {
    Atomics.store(this.#end, 0, Math.min(number, Atomics.load(this.#end, 0)));
  }

  /** The blocks that count, and the error that ended the search, unless a failure did before. */
  #beforeTheEnd(): { made: readonly MadeBlock[]; error: WorkerError | null } {
    const made = this.#blocks.filter(isMade);
    const errors = this.#blocks.map(({ result }) => result).filter((result) => result instanceof WorkerError);
    const [error = null] = errors.toSorted((a, b) => numberOf(a) - numberOf(b));
    const failed = made.flatMap(({ result }) => result.failing.map(({ number }) => number));
    const first = this.#plan.stopAtFirst ? Math.min(...failed) : Infinity;
    const ended = error !== null && numberOf(error) < first;
    return { made: made.filter(({ share }) => share.first <= first), error: ended ? error : null };
  }

  async #conclude(made: readonly MadeBlock[]): Promise<Exploration> {
    const plan = this.#plan;
    const runs = sum(made.map(({ result }) => result.runs));
    const uncovered = sum(made.map(({ result }) => result.uncovered));
    const exhausted = made.some(({ result }) => result.exhausted);
    const nondeterminism = await repeatFirst(this.#workers, plan, () => this.#abandoned);
    const failures = await examine(this.#workers, grouped(made.flatMap(({ result }) => result.failing)));
    // A search in one piece learns as it goes, and describes what it knew when it ended.
    const last = exhausted ? numberIn(plan.share, runs) : runs === 0 ? -1 : numberIn(plan.share, runs - 1);
    const learned = last + 1;
    const ended = this.#whyItEnded(runs, exhausted, failures.length > 0);
    const complete = ended === 'runs' && runs === plan.share.count;
    const sentences = [
      { runs, uncovered, learned },
      { runs: plan.runs, uncovered: 0, learned: complete ? plan.runs : learned },
    ];
    const described = await this.#workers.run<'describe'>({ kind: 'describe', sentences });
    const [coverage, coverageOfAll] = described as [string, string];
    return conclude(plan, { runs, uncovered, failures, ended, nondeterminism, coverage, coverageOfAll });
  }

  #whyItEnded(runs: number, exhausted: boolean, failed: boolean): Ended {
    if (failed && this.#plan.stopAtFirst) return 'failure';
    if (exhausted) return 'exhausted';
    return runs === this.#plan.share.count ? 'runs' : (this.#budget.spent() ?? 'runs');
  }
}

function isMade(block: Block): block is MadeBlock {
  return block.result !== null && !(block.result instanceof WorkerError);
}

/** The run at which a worker could not go on, from 0; -1 before the first. */
function numberOf(error: WorkerError): number {
  return (error.run ?? 0) - 1;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

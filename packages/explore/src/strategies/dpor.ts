import { TimerHandle, type ChoicePoint, type Handle } from '@timeloom/loop';
import { LanePath, Lanes, type RunLane } from '../lanes.ts';
import type { RunScheduler, RunSummary, Strategy, StrategyOptions } from '../strategy.ts';
import { accessOf } from './access.ts';
import { checkSeed } from './options.ts';
import { Draws, type RunDraws } from './draws.ts';
import { dependent, RaceDetector } from './races.ts';
import { count } from './wording.ts';

/**
 * Dynamic partial order reduction with source sets and sleep sets: P. Abdulla, S. Aronis, B. Jonsson,
 * K. Sagonas, "Optimal dynamic partial order reduction", POPL 2014, algorithm 1.
 *
 * Orders are equivalent if they differ only in the order of steps that do not race (see Access). After
 * each run, each of its races is reversed in a later one, unless an equivalent order was run.
 *
 * Guarantee: when the search ends by itself, at least one order of each class was run, and exactly one
 * of them to its end; further runs are found to be redundant on the way.
 *
 * Needs `reorder: 'free'`, and accesses: a step that declares none races with all others, so without
 * any this is a slow `dfs`. An access has to be all that the step shares, cancellations included.
 *
 * Where this deviates from the paper:
 *  - Lanes are its processes; scheduling a step, and time, order what they order in every run.
 *  - A redundant run cannot be ended early, so it goes on in the default order.
 *  - Values and durations are a function of the lane and of how many it drew before; all such
 *    functions are tried, each with a search of its own.
 */
export function dporStrategy(options: StrategyOptions): Strategy {
  checkSeed(options);
  return new Dpor();
}

/** A place in the run. */
interface Node {
  /** What runs here. */
  lane: LanePath;
  /** What has to be tried here. */
  readonly backtrack: Set<LanePath>;
  /** What need not be tried here: it was, or an equivalent order was. */
  readonly sleep: Set<LanePath>;
}

class Dpor implements Strategy {
  readonly name = 'dpor';
  exhausted = false;
  readonly #root = new LanePath(null, 0);
  readonly #nodes: Node[] = [];
  /** Nodes below it belong to earlier runs. */
  #start = 0;
  readonly #draws = new Draws();
  #run: DporRun | null = null;
  #redundant = 0;
  #runs = 0;

  nextRun(): RunScheduler | null {
    if (this.#runs > 0 && !this.#backtrack() && !this.#redraw()) {
      this.exhausted = true;
      return null;
    }
    this.#run = new DporRun(new Lanes(this.#root), this.#nodes, this.#draws.startRun());
    return this.#run;
  }

  runEnded({ steps }: RunSummary): void {
    this.#runs++;
    const { isFree, isRedundant, detector } = this.#run!.end(steps);
    if (!isFree) throw new RangeError("strategy 'dpor' needs reorder to be 'free'");
    if (isRedundant) this.#redundant++;
    for (let second = this.#start; second < detector.events.length; second++) {
      for (const first of detector.events[second]!.races) {
        if (first >= this.#nodes.length) continue;
        const { backtrack } = this.#nodes[first]!;
        const initials = detector.initials(first, second);
        if (!initials.some((lane) => backtrack.has(lane))) backtrack.add(initials[0]!);
      }
    }
  }

  /** Turns to the last place at which something is left to try; false if there is none. */
  #backtrack(): boolean {
    for (let node; (node = this.#nodes.at(-1)) !== undefined; this.#nodes.pop()) {
      const { sleep, backtrack } = node;
      sleep.add(node.lane);
      const next = [...backtrack].find((lane) => !sleep.has(lane));
      if (next === undefined) continue;
      node.lane = next;
      this.#start = this.#nodes.length - 1;
      return true;
    }
    return false;
  }

  #redraw(): boolean {
    this.#start = 0;
    return this.#draws.next();
  }

  describeCoverage(runs: number): string {
    const classes = `${count(this.#runs - this.#redundant, 'order')} up to equivalence`;
    return this.exhausted ? `exhaustive: ${classes}, ${count(runs, 'run')}` : `DPOR, ${count(runs, 'run')}: ${classes}`;
  }
}

/** A step that was scheduled. */
interface Scheduled {
  readonly handle: Handle;
  readonly lane: RunLane;
  /** The step that scheduled it; -1 if that was outside of all steps. */
  readonly scheduledBy: number;
  /** Its number among the steps; Infinity while it did not run. */
  step: number;
}

class DporRun implements RunScheduler {
  readonly #lanes: Lanes;
  readonly #nodes: Node[];
  readonly #draws: RunDraws;
  readonly #detector = new RaceDetector();
  readonly #timers = new WeakSet<Handle>();
  readonly #scheduled: Scheduled[] = [];
  readonly #ready = new Map<Handle, Scheduled>();
  #steps = 0;
  #inStep = false;
  #stepsBeforeTurn = 0;
  /** Options of the next step. */
  #options = 1;
  /** The first step that an order equivalent to all that follow has taken before. */
  #redundantFrom = Infinity;
  /** The first step for which something was ready and could not be chosen. */
  #notFreeFrom = Infinity;

  constructor(lanes: Lanes, nodes: Node[], draws: RunDraws) {
    this.#lanes = lanes;
    this.#nodes = nodes;
    this.#draws = draws;
  }

  choose(point: ChoicePoint): number {
    if (point.kind !== 'handle') return this.#draws.draw(this.#lanes.current, point.size);
    this.#options = point.size;
    if (this.#redundantFrom < Infinity) return 0;
    const handles = Array.from({ length: point.size }, (_, option) => point.handleOf(option)!);
    const node = this.#nodes[this.#steps] ?? this.#makeNode(handles);
    const option = handles.findIndex((handle) => this.#lanes.of(handle).path === node?.lane);
    if (option === -1) this.#redundantFrom = this.#steps;
    return Math.max(0, option);
  }

  /** A place where no run was before; null if all that can run sleeps. */
  #makeNode(handles: readonly Handle[]): Node | null {
    const parent = this.#nodes.at(-1);
    const before = this.#detector.events.at(-1);
    const sleep = new Set<LanePath>();
    for (const handle of parent === undefined ? [] : handles) {
      const { path } = this.#lanes.of(handle);
      if (parent!.sleep.has(path) && !dependent(before!.access, accessOf(handle))) sleep.add(path);
    }
    const lane = handles.map((handle) => this.#lanes.of(handle).path).find((path) => !sleep.has(path));
    if (lane === undefined) return null;
    const node = { lane, backtrack: new Set([lane]), sleep };
    this.#nodes.push(node);
    return node;
  }

  turnStarted(): void {
    this.#stepsBeforeTurn = this.#steps;
  }

  scheduled(handle: Handle): void {
    this.#lanes.scheduled(handle);
    // A timer is not ready yet; one that is scheduled again is.
    if (handle instanceof TimerHandle && !this.#timers.has(handle)) {
      this.#timers.add(handle);
      return;
    }
    const scheduledBy = this.#inStep ? this.#steps : -1;
    const entry = { handle, lane: this.#lanes.of(handle), scheduledBy, step: Infinity };
    this.#scheduled.push(entry);
    this.#ready.set(handle, entry);
  }

  stepStarted(handle: Handle): void {
    this.#lanes.stepStarted(handle);
    this.#checkFree();
    const entry = this.#ready.get(handle);
    this.#ready.delete(handle);
    if (entry !== undefined) entry.step = this.#steps;
    this.#inStep = true;
    if (this.#redundantFrom < Infinity) return;
    if (this.#nodes.length === this.#steps && this.#makeNode([handle]) === null) {
      this.#redundantFrom = this.#steps;
      return;
    }
    // A timer comes after all that was ready before the turn in which it fired.
    const barrier = entry === undefined ? this.#stepsBeforeTurn : 0;
    this.#detector.add(this.#lanes.current.path, accessOf(handle), {
      scheduledBy: entry?.scheduledBy ?? -1,
      barrier,
    });
  }

  stepEnded(): void {
    this.#lanes.stepEnded();
    this.#steps++;
    this.#inStep = false;
    this.#options = 1;
  }

  #checkFree(): void {
    const lanes = new Set<RunLane>();
    for (const { handle, lane } of this.#ready.values()) if (!handle.cancelled()) lanes.add(lane);
    if (lanes.size > this.#options) this.#notFreeFrom = Math.min(this.#notFreeFrom, this.#steps);
  }

  /** The run was over after `steps`; what came then was its cleanup. */
  end(steps: number): { isFree: boolean; isRedundant: boolean; detector: RaceDetector } {
    const isRedundant = this.#redundantFrom < steps;
    this.#nodes.length = Math.min(this.#nodes.length, steps);
    this.#detector.truncate(steps);
    // What was ready at the end could have run before it.
    for (const { handle, lane, scheduledBy, step } of isRedundant ? [] : this.#scheduled) {
      if (scheduledBy >= steps || step < steps) continue;
      this.#detector.add(lane.path, accessOf(handle), { scheduledBy, barrier: 0 });
    }
    return { isFree: this.#notFreeFrom >= steps, isRedundant, detector: this.#detector };
  }
}

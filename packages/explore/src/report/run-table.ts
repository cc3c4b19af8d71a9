import { formatColumns, type ColumnNote, type ColumnRow, type ColumnTable } from '@timeloom/trace';
import type { ExplainedRun, ExplainedStep, Explanation, Neighbour, Swap } from './explanation.ts';
import { shortPlace } from './frames.ts';

/** Runs of so many steps are shown as a whole. */
const shownWhole = 32;

/** Steps that are shown before and behind each that matters. */
const context = 3;

/** Most characters of how a run ended. */
const longestEnd = 50;

/** Stands between two tables. */
const between = ' │ ';

/** A run as a table of lines: one column a task, one row a step. */
export function formatRun(run: ExplainedRun, swaps: readonly Swap[], width: number): string[] {
  const visible = visibleSteps(run, importantSteps(run, swaps));
  return fitted(run, (places) => rowsOf(run, swaps, visible, places), width);
}

/** With places in the source if there is room for all of them. */
function fitted({ lanes }: ExplainedRun, rows: (places: boolean) => ColumnTable['rows'], width: number): string[] {
  const whole = formatColumns({ lanes, rows: rows(true) }, Infinity);
  return longest(whole) <= width ? whole : formatColumns({ lanes, rows: rows(false) }, width);
}

/**
 * The failing run and its passing neighbour as tables, beside each other where the width allows it, else
 * one below the other.
 */
export function formatRuns({ run, swaps, neighbour }: Explanation, width: number): string[] {
  if (neighbour === null) return formatRun(run, swaps, width);
  const other = neighbour.run;
  const parting = firstOtherStep(run, other);
  const visible = visibleSteps(run, [...importantSteps(run, swaps), parting]);
  const visibleInOther = visibleSteps(other, [parting, parting + 1, other.steps.length - 1]);
  const titles = [
    swaps.length === 0 ? 'first in, first out fails' : 'this order fails',
    titleOf(neighbour, swaps),
  ] as const;
  for (const [places, otherPlaces] of placesToTry) {
    const left = [
      titles[0],
      ...formatColumns({ lanes: run.lanes, rows: rowsOf(run, swaps, visible, places) }, Infinity),
    ];
    const rowsOfOther = rowsOf(other, swaps, visibleInOther, otherPlaces, parting);
    const right = [titles[1], ...formatColumns({ lanes: other.lanes, rows: rowsOfOther }, Infinity)];
    if (longest(left) + between.length + longest(right) <= width) return beside(left, right);
  }
  const below = fitted(other, (places) => rowsOf(other, [], visibleInOther, places, parting), width);
  return [titles[0], ...formatRun(run, swaps, width), '', titles[1], ...below];
}

/** Whether places in the source are shown on the left, and on the right: as much as fits. */
const placesToTry: readonly (readonly [boolean, boolean])[] = [
  [true, true],
  [true, false],
  [false, false],
];

function titleOf({ change, index }: Neighbour, swaps: readonly Swap[]): string {
  switch (change) {
    case 'shortened':
      return swaps[index!]?.kind === 'drawn' ? 'one less is drawn: passes' : 'one step less overtakes: passes';
    case 'removed':
      return swaps.length === 1 ? 'first in, first out passes' : 'with one swap less it passes';
    case 'fifo':
      return 'first in, first out passes';
    case 'added':
      return 'this order passes';
  }
}

function beside(left: readonly string[], right: readonly string[]): string[] {
  const width = longest(left);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) =>
    `${(left[i] ?? '').padEnd(width)}${between}${right[i] ?? ''}`.trimEnd(),
  );
}

function longest(lines: readonly string[]): number {
  return lines.reduce((most, line) => Math.max(most, line.length), 0);
}

/** Index of the first step in which two runs are not the same. */
function firstOtherStep(run: ExplainedRun, other: ExplainedRun): number {
  const same = (a: ExplainedStep, b: ExplainedStep | undefined): boolean =>
    a.kind === b?.kind && a.label === b.label && a.time === b.time && run.lanes[a.lane] === other.lanes[b.lane];
  const index = run.steps.findIndex((step, i) => !same(step, other.steps[i]));
  return index < 0 ? run.steps.length : index;
}

function importantSteps(run: ExplainedRun, swaps: readonly Swap[]): number[] {
  const numbers = new Set<number | null>();
  for (const swap of swaps) {
    if (swap.kind === 'held')
      for (const one of [swap.from, swap.held.number, swap.overtaker?.number]) numbers.add(one ?? null);
  }
  const indices = run.steps.flatMap(({ kind, number }, index) =>
    kind === 'draw' || numbers.has(number) ? [index] : [],
  );
  return [...indices, run.steps.length - 1];
}

function visibleSteps({ steps }: ExplainedRun, important: readonly number[]): ReadonlySet<number> {
  const visible = new Set<number>();
  if (steps.length <= shownWhole) for (const index of steps.keys()) visible.add(index);
  for (const index of important) for (let i = index - context; i <= index + context; i++) visible.add(i);
  return visible;
}

/** @param parting index of a step to point at. */
function rowsOf(
  run: ExplainedRun,
  swaps: readonly Swap[],
  visible: ReadonlySet<number>,
  places: boolean,
  parting: number | null = null,
): (ColumnRow | ColumnNote)[] {
  const rows: (ColumnRow | ColumnNote)[] = [];
  const brackets = new Brackets(parting === null ? swaps : []);
  let skipped = 0;
  for (const [index, step] of run.steps.entries()) {
    skipped += step.number - (run.steps[index - 1]?.number ?? 0) - 1;
    const marks = brackets.at(step);
    if (step.inline && marks.margin.trim() === '') continue;
    if (!visible.has(index)) {
      skipped++;
      continue;
    }
    if (skipped > 0) rows.push({ note: `… ${skipped} ${skipped === 1 ? 'step' : 'steps'} …` });
    skipped = 0;
    for (const { margin, lane, text } of marks.begun) rows.push({ margin, time: '', lane, text });
    const place = places && step.at !== null ? ` ${shortPlace(step.at)}` : '';
    const margin = parting === null ? marks.margin : index === parting ? '» ' : '  ';
    rows.push({ margin, time: formatMs(step.time), lane: step.lane, text: `${step.label}${place}` });
  }
  return [...rows, { note: endOf(run) }];
}

/** Not all of a long message: it stands above the table, and would make the table wide. */
function endOf({ error }: ExplainedRun): string {
  if (error === null) return 'passes';
  const end = `${error.name}: ${error.message.split('\n', 1)[0]}`;
  return end.length <= longestEnd ? end : `${end.slice(0, longestEnd - 1)}…`;
}

/** As exactly as anybody reads. */
function formatMs(time: number): string {
  return String(Number(time.toFixed(3)));
}

interface Marks {
  /** The margin of the step itself. */
  readonly margin: string;
  /** Rows before it: steps that are held back from here on. */
  readonly begun: readonly { readonly margin: string; readonly lane: number; readonly text: string }[];
}

/** The brackets in the margin: each goes from where a step is held back to where it runs. */
class Brackets {
  readonly #swaps: readonly Swap[];
  /** Of each swap, whether its bracket is open. */
  readonly #open: boolean[];

  constructor(swaps: readonly Swap[]) {
    this.#swaps = swaps;
    this.#open = swaps.map(() => false);
  }

  at(step: ExplainedStep): Marks {
    const begun: Marks['begun'][number][] = [];
    for (const [index, swap] of this.#swaps.entries()) {
      if (swap.kind !== 'held' || swap.from !== step.number || step.kind !== 'step' || swap.overtakers === 0) continue;
      const margin = this.#margin((other) => (other === index ? '┌' : null));
      begun.push({ margin, lane: swap.held.lane, text: `(${swap.held.label})` });
      this.#open[index] = true;
    }
    const ends = (swap: Swap): boolean =>
      swap.kind === 'held' && swap.held.number === step.number && step.kind === 'step';
    const drawn = (swap: Swap): boolean => swap.kind === 'drawn' && step.kind === 'draw' && swap.taken === step.label;
    const margin = this.#margin((_, swap) => (ends(swap) ? '└' : drawn(swap) ? '*' : null));
    for (const [index, swap] of this.#swaps.entries()) if (ends(swap)) this.#open[index] = false;
    return { margin, begun };
  }

  #margin(mark: (index: number, swap: Swap) => string | null): string {
    const marks = this.#swaps.map((swap, index) => mark(index, swap) ?? (this.#open[index] ? '│' : ' '));
    return marks.length === 0 ? '' : `${marks.join('')} `;
  }
}

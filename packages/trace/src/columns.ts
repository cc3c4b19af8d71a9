/**
 * Steps of several lanes as a table of text: one column a lane, one row a step, and room in the margin
 * for marks.
 */

/** A row of the table: what one lane does. */
export interface ColumnRow {
  readonly margin: string;
  readonly time: string;
  /** Index of the lane. */
  readonly lane: number;
  readonly text: string;
}

/** A row that goes across all columns, such as `… 12 steps …`. */
export interface ColumnNote {
  readonly note: string;
}

export interface ColumnTable {
  /** Titles of the columns. Lanes without a row get no column. */
  readonly lanes: readonly string[];
  readonly rows: readonly (ColumnRow | ColumnNote)[];
}

/** A column narrower than this says nothing. */
const leastWidth = 12;

const gap = '  ';

/**
 * The table as lines, no longer than `width` where that can be: long texts are cut, and the lanes with
 * the fewest rows share one column if there are too many.
 */
export function formatColumns(table: ColumnTable, width: number): string[] {
  const used = withoutIdleLanes(table);
  const head = {
    margin: widest(used, (row) => row.margin),
    time: Math.max(
      2,
      widest(used, (row) => row.time),
    ),
  };
  const room = width - head.margin - head.time - gap.length;
  const fitting = withFewerLanes(used, room);
  const widths = fitWidths(naturalWidths(fitting), room);
  const line = (margin: string, time: string, cells: readonly string[]): string =>
    [
      margin.padEnd(head.margin) + time.padStart(head.time),
      ...cells.map((cell, i) => cut(cell, widths[i]!).padEnd(widths[i]!)),
    ]
      .join(gap)
      .trimEnd();
  const indentation = ' '.repeat(head.margin + head.time) + gap;
  const rows = fitting.rows.map((row) => {
    if ('note' in row) return indentation + cut(row.note, width - indentation.length);
    return line(
      row.margin,
      row.time,
      fitting.lanes.map((_, lane) => (lane === row.lane ? row.text : '')),
    );
  });
  return [line('', 'ms', fitting.lanes), ...rows];
}

function isRow(row: ColumnRow | ColumnNote): row is ColumnRow {
  return 'lane' in row;
}

function widest({ rows }: ColumnTable, text: (row: ColumnRow) => string): number {
  return rows.reduce((most, row) => (isRow(row) ? Math.max(most, text(row).length) : most), 0);
}

/** How many rows each lane has. */
function rowsOf({ lanes, rows }: ColumnTable): number[] {
  const counts = lanes.map(() => 0);
  for (const row of rows) if (isRow(row)) counts[row.lane]!++;
  return counts;
}

function withoutIdleLanes(table: ColumnTable): ColumnTable {
  const counts = rowsOf(table);
  return withLanes(
    table,
    table.lanes.map((_, lane) => lane).filter((lane) => counts[lane]! > 0),
    null,
  );
}

/** As many lanes as have room for columns that say something. */
function withFewerLanes(table: ColumnTable, room: number): ColumnTable {
  const counts = rowsOf(table);
  const busiest = table.lanes.map((_, lane) => lane).toSorted((a, b) => counts[b]! - counts[a]! || a - b);
  let fewer = table;
  for (let most = busiest.length; most > 0 && leastRoom(fewer) > room; most--) {
    fewer = withLanes(
      table,
      busiest.slice(0, most - 1).toSorted((a, b) => a - b),
      'others',
    );
  }
  return fewer;
}

/** What the columns need if long texts are cut. */
function leastRoom(table: ColumnTable): number {
  return naturalWidths(table).reduce((sum, one) => sum + gap.length + Math.min(one, leastWidth), -gap.length);
}

/** What the columns need if no text is cut. */
function naturalWidths(table: ColumnTable): number[] {
  return table.lanes.map((title, lane) =>
    Math.max(
      title.length,
      widest(table, (row) => (row.lane === lane ? row.text : '')),
    ),
  );
}

/** Only these lanes; the rest share a last column of that title, and say whose step it is. */
function withLanes({ lanes, rows }: ColumnTable, kept: readonly number[], others: string | null): ColumnTable {
  const renumbered = rows.map((row) => {
    if (!isRow(row)) return row;
    const lane = kept.indexOf(row.lane);
    return lane >= 0 ? { ...row, lane } : { ...row, lane: kept.length, text: `${lanes[row.lane]}: ${row.text}` };
  });
  const titles = kept.map((lane) => lanes[lane]!);
  return { lanes: others === null ? titles : [...titles, others], rows: renumbered };
}

/** Takes from the widest columns until all fit; none gets narrower than the least width for it. */
function fitWidths(widths: readonly number[], room: number): number[] {
  const fitted = [...widths];
  let excess = fitted.reduce((sum, one) => sum + gap.length + one, -gap.length) - room;
  for (let most = Math.max(...fitted); excess > 0 && most > leastWidth; most = Math.max(...fitted)) {
    fitted[fitted.indexOf(most)]!--;
    excess--;
  }
  return fitted;
}

function cut(text: string, width: number): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}

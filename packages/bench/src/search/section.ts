/** A table of the search benchmark, with what has to hold. */
export interface Section {
  readonly title: string;
  readonly header: string[];
  readonly rows: string[][];
  /** What is to be known to read it. */
  readonly notes: readonly string[];
  readonly claims: readonly Claim[];
}

/** Something that the papers say, and whether it was seen. */
interface Claim {
  readonly text: string;
  readonly holds: boolean;
}

/** A number for a table: whole if it is large, else with three digits. */
export function figure(value: number): string {
  if (Number.isInteger(value) || value >= 100) return Math.round(value).toLocaleString('en');
  return value.toPrecision(3);
}

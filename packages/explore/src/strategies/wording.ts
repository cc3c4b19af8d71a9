/** Numbers and bounds in the sentences about coverage. */

/** E.g. `1,000 runs`. */
export function count(n: number, thing: string, things = `${thing}s`): string {
  return `${grouped(n)} ${n === 1 ? thing : things}`;
}

/** E.g. `12,345`. */
export function grouped(n: number): string {
  return String(n).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** A bound in percent with two digits, rounded up so that it stays a bound, e.g. `1.6 %`; at least 0.01 %. */
export function percent(probability: number): string {
  const value = Math.max(100 * probability, 0.01);
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  const digits = Math.ceil(value / unit - 1e-9);
  return `${Number((digits * unit).toPrecision(2))} %`;
}

/**
 * The share of draws that would have failed at least once in `runs` independent runs with a
 * probability of 95 %: what fails more often can be ruled out, what fails less often cannot.
 */
export function detectable(runs: number): string {
  return percent(1 - 0.05 ** (1 / runs));
}

import type { AccessMode } from '@timeloom/loop';

/** Whether the order of two accesses to one object can matter. */
export function racing(a: AccessMode, b: AccessMode): boolean {
  return a !== b || a === 'write' || a === 'create';
}

/** Two accesses of one step to one object, as one. */
export function joined(a: AccessMode, b: AccessMode): AccessMode {
  return a === b ? a : 'write';
}

/** What a step accessed, microtasks included. */
export class Footprint {
  readonly accesses: Map<object, AccessMode> = new Map();
  /** True if the step may have accessed what it did not declare, as user code may. */
  readonly undeclared: boolean;

  constructor(undeclared: boolean) {
    this.undeclared = undeclared;
  }

  add(object: object, mode: AccessMode): void {
    const before = this.accesses.get(object);
    this.accesses.set(object, before === undefined ? mode : joined(before, mode));
  }
}

/** What a step accesses of which nothing is known: it may be anything. */
export const unknown = 'unknown';

/** Whether the order of two steps can matter. */
export function dependent(a: Footprint | typeof unknown, b: Footprint | typeof unknown): boolean {
  if (a === unknown || b === unknown) return true;
  if (a.undeclared && b.undeclared) return true;
  const [fewer, more] = a.accesses.size < b.accesses.size ? [a, b] : [b, a];
  for (const [object, mode] of fewer.accesses) {
    const other = more.accesses.get(object);
    if (other !== undefined && racing(mode, other)) return true;
  }
  return false;
}

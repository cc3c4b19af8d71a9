import type { Handle } from '@timeloom/loop';

/** What the next step of a handle does to shared state. Strategies use it to tell which orders matter. */
export interface Access {
  /** What is read or written; two accesses are about the same thing if this is the same object. */
  readonly object: object;
  readonly mode: 'read' | 'write';
}

/** What a handle declares in a property `access`; undefined if it declares nothing. */
export function accessOf(handle: Handle): Access | undefined {
  return (handle as { readonly access?: Access }).access;
}

/** True if the order of the two can matter: the same object, and one of them writes. */
export function racing(a: Access, b: Access): boolean {
  return a.object === b.object && (a.mode === 'write' || b.mode === 'write');
}

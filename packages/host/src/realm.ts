/**
 * The host's objects whose functions are replaced. The one file of this package that reaches for
 * them.
 */
import nodeCrypto from 'node:crypto';
import process from 'node:process';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';

export { nodeCrypto, process, timers, timersPromises };

/** The global object. */
export const realm: typeof globalThis = globalThis;

import { aborting } from './aborting.mjs';
import { contexts } from './contexts.mjs';
import { exceptions } from './exceptions.mjs';
import { immediates } from './immediates.mjs';
import { intervals } from './intervals.mjs';
import { iterators } from './iterators.mjs';
import { messages } from './messages.mjs';
import { streams } from './streams.mjs';
import { timers } from './timers.mjs';

/** @type {Record<string, import('../program.d.ts').Program>} */
export const programs = {
  ...timers,
  ...intervals,
  ...immediates,
  ...aborting,
  ...iterators,
  ...streams,
  ...contexts,
  ...exceptions,
  ...messages,
};

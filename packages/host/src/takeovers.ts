import { ioTakeover } from './io/takeover.ts';
import type { Takeover } from './takeover.ts';
import { dateTakeover } from './time/date.ts';
import { performanceTakeover } from './time/performance.ts';
import { setImmediateTakeover } from './timers/set-immediate.ts';
import { setIntervalTakeover, setTimeoutTakeover } from './timers/set-timeout.ts';

/** Everything that can be taken over. */
export const takeovers: readonly Takeover[] = [
  setTimeoutTakeover,
  setIntervalTakeover,
  setImmediateTakeover,
  dateTakeover,
  performanceTakeover,
  ioTakeover,
];

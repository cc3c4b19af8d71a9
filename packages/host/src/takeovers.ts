import { ioTakeover } from './io/takeover.ts';
import { animationFrameTakeover } from './frames/animation-frame.ts';
import { idleCallbackTakeover } from './frames/idle-callback.ts';
import { cryptoTakeover } from './random/crypto.ts';
import { mathRandomTakeover } from './random/math-random.ts';
import type { Takeover } from './takeover.ts';
import { dateTakeover } from './time/date.ts';
import { intlTakeover } from './time/intl.ts';
import { performanceTakeover } from './time/performance.ts';
import { temporalTakeover } from './time/temporal.ts';
import { abortSignalTakeover } from './timers/abort-signal.ts';
import { setImmediateTakeover } from './timers/set-immediate.ts';
import { setIntervalTakeover } from './timers/set-interval.ts';
import { setTimeoutTakeover } from './timers/set-timeout.ts';
import { watchFileTakeover } from './timers/watch-file.ts';

/** Everything that can be taken over. */
export const takeovers: readonly Takeover[] = [
  // First, so that what others answer themselves does not count as work of the host.
  ioTakeover,
  setTimeoutTakeover,
  setIntervalTakeover,
  setImmediateTakeover,
  abortSignalTakeover,
  watchFileTakeover,
  dateTakeover,
  performanceTakeover,
  intlTakeover,
  temporalTakeover,
  animationFrameTakeover,
  idleCallbackTakeover,
  mathRandomTakeover,
  cryptoTakeover,
];

import type { LimitOptions } from '@timeloom/loop';

/**
 * Limits of each run of a search, where the user gives none: lower than a loop's own, because a search
 * makes many runs, and the same for a replay, which must end at the same step.
 */
export const searchLimits: Readonly<Required<LimitOptions>> = { maxSteps: 100_000, maxStepsPerInstant: 10_000 };

import type { Exploration } from '@timeloom/explore';
import type { Test } from '../vitest-internals.ts';

/** Keeps the schedules that made searches fail, so that they are tried first. */
export interface Regressions {
  /** Tokens to try before the search, oldest first. */
  tokensFor(test: Test): Promise<readonly string[]>;
  /** A token still fails, or was found just now. */
  keep(test: Test, token: string, exploration: Exploration | null): Promise<void>;
  /** A token fails no more, or does not fit the program any more. */
  obsolete(test: Test, token: string, reason: 'passes' | 'diverges'): Promise<void>;
}

/** Keeps nothing. */
const forgetful: Regressions = {
  tokensFor: async () => [],
  keep: async () => {},
  obsolete: async () => {},
};

/** What searches ask. */
export const regressions: Regressions = forgetful;

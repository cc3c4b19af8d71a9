import type { Exploration, Outcome, PlainExploration, PlainFailure, PlainOutcome, Replay } from '@timeloom/explore';

/** Goes up when a field changes its meaning or goes away; fields that are added do not change it. */
const version = 1;

/** What `timeloom explore --json` prints. */
export interface ExplorationDocument extends Omit<PlainExploration, 'failures'> {
  readonly command: 'explore';
  readonly version: typeof version;
  readonly failures: readonly (PlainFailure & {
    /** The command line that replays it; null without a token. */
    readonly replay: string | null;
  })[];
}

/** What `timeloom replay --json` prints. */
export interface ReplayDocument extends Omit<Replay, 'outcome'> {
  readonly command: 'replay';
  readonly version: typeof version;
  readonly outcome: PlainOutcome;
}

/** What turns results into plain data: that of the program's own copy of @timeloom/explore. */
export interface Plain {
  toPlain(exploration: Exploration): PlainExploration;
  outcomeToPlain(outcome: Outcome): PlainOutcome;
}

export function explorationToJson(plain: Plain, exploration: Exploration, replay: (token: string) => string): string {
  const whole = plain.toPlain(exploration);
  const failures = whole.failures.map((failure) => ({
    ...failure,
    replay: failure.token === null ? null : replay(failure.token),
  }));
  const document: ExplorationDocument = { command: 'explore', version, ...whole, failures };
  return JSON.stringify(document, null, 2);
}

export function replayToJson(plain: Plain, replay: Replay): string {
  const outcome = plain.outcomeToPlain(replay.outcome);
  const document: ReplayDocument = { command: 'replay', version, ...replay, outcome };
  return JSON.stringify(document, null, 2);
}

import { takeOver } from '@timeloom/host';
import { afterAll } from 'vitest';
import { makeBuiltinsLive } from './live-builtins.ts';
import { letPollingBeVirtual } from './polling.ts';
import { watchRejections } from './uncaught.ts';
import { TestRunner } from './vitest-api.ts';
import { vitestWork } from './vitest-work.ts';

let giveBack: (() => void) | null = null;
let takenFor: object | null = null;

/**
 * Takes the host over, before the code under test is imported, which may keep the timers that it
 * finds. Idempotent. Without a test in virtual time, the host goes on as it is.
 */
export function takeOverHost(): void {
  if (giveBack !== null) return;
  makeBuiltinsLive();
  const undo = [takeOver(), letPollingBeVirtual(), vitestWork.watch(), watchRejections()];
  giveBack = () => {
    for (const one of undo.toReversed()) one();
  };
}

/** Undoes {@link takeOverHost}. Idempotent. */
export function giveHostBack(): void {
  giveBack?.();
  giveBack = null;
}

/** Takes the host over for the file that is being collected, up to its end; the runner does that itself. */
export function takeOverHostForFile(): void {
  const { file } = TestRunner.getCurrentSuite();
  if (takenFor === file || giveBack !== null) return;
  takenFor = file ?? null;
  takeOverHost();
  afterAll(giveHostBack);
}

import { gather } from '@timeloom/asyncio';
import type { Program } from '@timeloom/explore';

function waitFor(isDone: () => boolean): void {
  while (!isDone());
}

/** In some orders it waits, in a loop that never awaits, for what only another task can do. */
export const program: Program = async ({ io }) => {
  let ready = false;
  const prepare = async () => {
    await io('prepare');
    ready = true;
  };
  const use = async () => {
    await io('begin');
    await io('use');
    waitFor(() => ready);
  };
  await gather([prepare, use]);
};

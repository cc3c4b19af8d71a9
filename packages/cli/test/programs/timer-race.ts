import type { Program } from '@timeloom/explore';

const { setTimeout } = globalThis;

/** Ordinary JavaScript: a timer of the host, which the module kept, races an operation. */
export const program: Program = async ({ io, assert }) => {
  const begun = Date.now();
  const timeout = new Promise<string>((resolve) => void setTimeout(() => resolve('timeout'), 100));
  const answer = async () => {
    await io('answer');
    return 'answer';
  };
  const ended = await Promise.race([answer(), timeout]);
  assert(ended === 'answer', `${ended} after ${Date.now() - begun} ms`);
};

import { gather } from '@timeloom/asyncio';
import { explore, type Program } from '@timeloom/explore';
import type { Prepare } from '../program.ts';

/** Two schedules of `n / 2` steps each, with as many tasks ready at any time as `ready` says. */
export const readyTasks =
  (ready: number, strategy: string): Prepare =>
  (n) =>
  async () => {
    const rounds = Math.ceil(n / (2 * ready));
    const limit = 4 * (rounds + 10) * ready;
    let done = 0;
    const program: Program = async ({ sleep }) => {
      const task = async (): Promise<void> => {
        for (let i = 0; i < rounds; i++) {
          await sleep(0);
          done++;
        }
      };
      await gather(Array.from({ length: ready }, () => task));
    };
    // Two, because the first one of pct measures the program; and not the third one, which repeats the first.
    const options = { runs: 2, maxSteps: limit, maxStepsPerInstant: limit, nondeterminism: 'ignore' } as const;
    const { passed } = await explore(program, { ...options, strategy });
    if (!passed || done !== 2 * rounds * ready) throw new Error(`${done} steps, expected ${2 * rounds * ready}`);
  };

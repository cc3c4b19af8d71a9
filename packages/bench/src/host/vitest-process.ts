import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';

/** Measures a variant inside a process of vitest, whose timers work nowhere else. */
export async function measureInVitest(benchmark: string, variant: string, size: number): Promise<number> {
  const script = fileURLToPath(new URL('in-vitest.js', import.meta.url));
  const vitest = await startVitest('test', [], {
    config: false,
    root: dirname(script),
    include: ['in-vitest.js'],
    watch: false,
    reporters: [{}],
    testTimeout: 0,
    env: { TIMELOOM_BENCH: [benchmark, variant, size].join('/') },
  });
  const [module] = vitest.state.getTestModules();
  const [test] = module?.children.allTests() ?? [];
  await vitest.close();
  const { measured } = (test?.meta() ?? {}) as { measured?: number };
  if (measured === undefined) throw new Error(`vitest measured nothing: ${JSON.stringify(test?.result())}`);
  return measured;
}

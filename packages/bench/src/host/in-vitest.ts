/** The one "test" of a process of vitest: measures the variant that it is told to. */
import { it } from 'vitest';
import { measureVariant } from '../variant.ts';

const [benchmark = '', variant = '', size = ''] = (process.env['TIMELOOM_BENCH'] ?? '').split('/');

// oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- it measures, and tests nothing
it(variant, async ({ task }) => {
  Object.assign(task.meta, { measured: await measureVariant(benchmark, variant, Number(size)) });
});

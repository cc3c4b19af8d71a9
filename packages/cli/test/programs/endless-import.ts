import type { Program } from '@timeloom/explore';

export const program: Program = () => {};

for (;;);

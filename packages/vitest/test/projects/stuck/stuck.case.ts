import { it } from 'vitest';

it('awaits what nobody does', async () => {
  await new Promise(() => {});
});

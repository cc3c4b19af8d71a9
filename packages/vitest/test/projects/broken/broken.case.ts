import { it } from 'vitest';

it('is collected before the file breaks', () => {});

throw new Error('the file is broken');

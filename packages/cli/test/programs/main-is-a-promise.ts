import { setTimeout } from 'node:timers/promises';

export const main = setTimeout(0);

// @ts-expect-error There is no such file.
import { nothing } from './nothing.ts';

export const main = () => nothing();

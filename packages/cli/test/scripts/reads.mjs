/** Ordinary JavaScript that has no timer. */
import { readFile } from 'node:fs';

readFile(new URL(import.meta.url), () => console.log('read'));

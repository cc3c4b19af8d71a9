// What a thread of a search imports: the program of the file in the query of this module's URL, with the
// host taken over before the program can keep anything of it.
import type { ProgramSource } from '@timeloom/explore';
import { takeOver } from '@timeloom/host';
import { hosted, programOf, searchedHost } from './hosted.ts';

const url = new URL(import.meta.url).searchParams.get('file')!;
takeOver(searchedHost);
export const program: ProgramSource = hosted(programOf((await import(url)) as Readonly<Record<string, unknown>>, url));

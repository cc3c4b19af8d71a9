// What a thread of a search imports: the program of the file in the query of this module's URL, with the
// host taken over before the program can keep anything of it.
import type { ProgramSource } from '@timeloom/explore';
import { takeOver } from '@timeloom/host';
import { freshProgramOf } from './fresh.ts';
import { hosted, programOf, searchedHost } from './hosted.ts';

const query = new URL(import.meta.url).searchParams;
const url = query.get('file')!;
export const program: ProgramSource = await load();

async function load(): Promise<ProgramSource> {
  // Another copy of the loop cannot have our host.
  const isHosted = !query.has('unhosted');
  if (isHosted) takeOver(searchedHost);
  if (query.has('fresh')) return freshProgramOf(url, isHosted);
  return hosted(programOf((await import(url)) as Readonly<Record<string, unknown>>, url));
}

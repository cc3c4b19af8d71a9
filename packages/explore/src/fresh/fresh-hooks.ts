/**
 * The resolve hook that imports modules afresh: each module that a fresh module imports is of the same run.
 * Node keeps ES modules by their whole URL, so the number of the run stands there.
 *
 * On Node before 22.15 this file is loaded into the thread of the module hooks: it imports nothing.
 */

/** What Node's `resolve` hooks return. */
export interface Resolution {
  readonly url: string;
}

/** What Node's `resolve` hooks get. */
export interface ResolveContext {
  readonly parentURL?: string | undefined;
}

/** The hook, in Node's asynchronous form. */
export async function resolve(
  specifier: string,
  context: ResolveContext,
  next: (specifier: string, context: ResolveContext) => Promise<Resolution>,
): Promise<Resolution> {
  return freshened(specifier, context, await next(specifier, context));
}

/** The resolution with the run of the module that imports it, if that has one. */
export function freshened(specifier: string, { parentURL }: ResolveContext, resolution: Resolution): Resolution {
  const run = runOf(parentURL);
  if (run === null || isShared(specifier) || !resolution.url.startsWith('file:')) return resolution;
  return { ...resolution, url: urlInRun(resolution.url, run) };
}

const parameter = 'timeloom-run';

/** The URL of a module as it is imported for one run. */
export function urlInRun(url: string, run: string): string {
  const own = new URL(url);
  own.searchParams.set(parameter, run);
  return own.href;
}

function runOf(url: string | undefined): string | null {
  return /[?&]timeloom-run=(\d+)/.exec(url ?? '')?.[1] ?? null;
}

/** Our own packages are there once: the loop that they know is the one that runs. */
export function isShared(specifier: string): boolean {
  return /^(?:@timeloom\/|timeloom(?:\/|$))/.test(specifier);
}

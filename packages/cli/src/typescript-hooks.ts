/**
 * A program in TypeScript is an ES module, whatever the nearest package.json says: `npm init` writes
 * `"type": "commonjs"`, where neither top-level `await` nor our packages would work. Code that is
 * CommonJS has `.cts`.
 *
 * On Node 20 this file is loaded into the thread of the module hooks: it imports nothing.
 */

/** What Node's `resolve` hooks return. */
export interface Resolution {
  readonly url: string;
  readonly format?: string | null | undefined;
}

/** What Node's `resolve` hooks get; passed on as it is. */
export type ResolveContext = object;

/** The hook, in Node's asynchronous form. */
export async function resolve(
  specifier: string,
  context: ResolveContext,
  next: (specifier: string, context: ResolveContext) => Promise<Resolution>,
): Promise<Resolution> {
  return asModule(await next(specifier, context));
}

/** The resolution with the format of an ES module, if it is that of a program's TypeScript. */
export function asModule(resolution: Resolution): Resolution {
  const { url } = resolution;
  if (!url.startsWith('file:') || !/\.tsx?(?:[?#]|$)/.test(url) || url.includes('/node_modules/')) return resolution;
  return { ...resolution, format: 'module' };
}

import * as nodeModule from 'node:module';
import { asModule, type Resolution, type ResolveContext } from './typescript-hooks.ts';

/** Arguments of Node with which a thread imports TypeScript. */
export const typescriptArguments: readonly string[] = ['--import', new URL('./typescript.js', import.meta.url).href];

let registered = false;

/** Lets this thread import TypeScript, for as long as it lives. */
export async function registerTypeScript(): Promise<void> {
  if (registered) return;
  registered = true;
  registerFormatHook();
  await withoutCache(async () => {
    // Only now: it takes a tenth of a second, and `--help` has no use for it.
    const { register } = await import('tsx/esm/api');
    register();
  });
}

/**
 * tsx looks for the variable when it is imported. Its cache on disk is written while the program runs, which
 * would count as work of the program, in the first run only.
 */
async function withoutCache(action: () => Promise<void>): Promise<void> {
  const { [cacheSwitch]: before } = process.env;
  process.env[cacheSwitch] = '1';
  try {
    await action();
  } finally {
    if (before === undefined) Reflect.deleteProperty(process.env, cacheSwitch);
    else process.env[cacheSwitch] = before;
  }
}

const cacheSwitch = 'TSX_DISABLE_CACHE';

type ResolveHook = (
  specifier: string,
  context: ResolveContext,
  next: (specifier: string, context: ResolveContext) => Resolution,
) => Resolution;

/** Before tsx, so that tsx sees what the hook decided. Synchronous where Node has that, as tsx's is. */
function registerFormatHook(): void {
  const { register, registerHooks } = nodeModule as typeof nodeModule & {
    registerHooks?: (hooks: { resolve: ResolveHook }) => void;
  };
  if (registerHooks === undefined) register('./typescript-hooks.js', import.meta.url);
  else registerHooks({ resolve: (specifier, context, next) => asModule(next(specifier, context)) });
}

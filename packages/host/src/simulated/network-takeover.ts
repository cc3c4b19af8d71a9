import type { Agent, ClientRequest } from 'node:http';
import { disguise, type Patcher } from '../patcher.ts';
import { nodeHttp, nodeHttps, realm } from '../realm.ts';
import { simulated } from './current.ts';

type RequestFunction = (this: unknown, ...args: unknown[]) => ClientRequest;

/** The arguments of `http.request`, with our agent in the place of the program's. */
function withAgent([first, ...rest]: readonly unknown[], agent: Agent): unknown[] {
  if (typeof first !== 'string' && !(first instanceof URL)) return [{ ...(first as object), agent }, ...rest];
  if (typeof rest[0] === 'object' && rest[0] !== null) return [first, { ...rest[0], agent }, ...rest.slice(1)];
  return [first, { agent }, ...rest.filter((argument) => argument !== undefined && argument !== null)];
}

const onAgent =
  (protocol: 'http:' | 'https:') =>
  (original: RequestFunction): RequestFunction =>
    disguise(function (this: unknown, ...args: unknown[]): ClientRequest {
      const agent = simulated()?.http?.agents[protocol];
      return Reflect.apply(original, this, agent === undefined ? args : withAgent(args, agent));
    }, original);

const httpOnAgent = onAgent('http:');
const httpsOnAgent = onAgent('https:');

const dispatchFetch = (original: typeof fetch): typeof fetch =>
  disguise(function (this: unknown, ...args: Parameters<typeof fetch>): Promise<Response> {
    const io = simulated()?.fetch ?? null;
    return io === null ? Reflect.apply(original, this, args) : io.fetch(...args);
  }, original);

/** Has requests from a loop with a simulated network go to that. */
export function takeOverNetwork(patcher: Patcher): void {
  patcher.replace(realm, 'fetch', dispatchFetch);
  for (const name of ['request', 'get'] as const) {
    patcher.replace(nodeHttp(), name, httpOnAgent);
    patcher.replace(nodeHttps(), name, httpsOnAgent);
  }
}
